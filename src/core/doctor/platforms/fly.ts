import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const fly: Platform = {
  name: 'fly',
  title: 'Fly.io',
  stratum: 'app',
  evidence: [certain({ variable: 'FLY_APP_NAME' }, { variable: 'FLY_MACHINE_ID' })],
  state: {
    directory: '/data',
    mount: '/data',
    root: 'layer',
    lostAt: 'the machine restarts, is deployed, or gets a new secret: each wipes the root file system',
    survives: 'a volume, which is one NVMe drive of one host and is lost with it',
    mend: [
      '[mounts] source = "openclaw_data", destination = "/data" in fly.toml',
      'OPENCLAW_STATE_DIR = "/data" in [env], one machine',
      'fly deploy',
    ],
  },
  token: { where: 'fly secrets', set: ['fly secrets set OPENCLAW_GATEWAY_TOKEN=…'] },
  probe: {
    from: 'outside',
    signal: 'nothing, unless fly.toml declares checks',
    patience: null,
    lengthen: (seconds) =>
      `[[http_service.checks]] grace_period = "${seconds}s", and [deploy] wait_timeout = "10m" in fly.toml`,
  },
  snapshots: {
    what: 'daily snapshots of volumes, kept for 5 days (1 to 60)',
    command: 'fly volumes snapshots create VOLUME',
  },
  trap: 'fly secrets set restarts the machine, and with it goes whatever is not on the volume.',
  sources: [
    'https://fly.io/docs/machines/runtime-environment',
    'https://fly.io/docs/volumes/overview',
    'https://fly.io/docs/reference/configuration',
  ],
};
