import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const railway: Platform = {
  name: 'railway',
  title: 'Railway',
  stratum: 'app',
  evidence: [certain({ variable: 'RAILWAY_PROJECT_ID' }), certain({ variable: 'RAILWAY_SERVICE_ID' })],
  state: {
    directory: '/data/.openclaw',
    mount: '/data',
    volumeVariable: 'RAILWAY_VOLUME_MOUNT_PATH',
    root: 'layer',
    lostAt: 'the service is deployed again without a volume',
    survives: 'the volume; wiping it deletes its backups too',
    mend: [
      'attach a volume to the service at /data',
      'set OPENCLAW_STATE_DIR=/data/.openclaw in Variables, and deploy',
    ],
  },
  token: {
    where: 'the Variables tab of the service',
    set: ['Variables, New variable, OPENCLAW_GATEWAY_TOKEN', 'then deploy'],
  },
  probe: {
    from: 'outside',
    signal: 'HTTP 200 on the health check path, at deploys only',
    patience: 300,
    lengthen: (seconds) => `RAILWAY_HEALTHCHECK_TIMEOUT_SEC=${seconds} in Variables`,
  },
  snapshots: {
    what: 'volume backups: daily for 6 days, weekly for a month, monthly for three; restored only into the same project and environment',
    command: null,
  },
  trap: 'RAILWAY_VOLUME_MOUNT_PATH is only there when a volume is attached: without OPENCLAW_STATE_DIR pointing below it, the volume stays empty and the state is in the container.',
  sources: [
    'https://docs.railway.com/variables/reference',
    'https://docs.railway.com/volumes/backups',
    'https://docs.railway.com/deployments/healthchecks',
  ],
};
