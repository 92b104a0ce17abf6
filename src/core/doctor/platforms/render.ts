import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const render: Platform = {
  name: 'render',
  title: 'Render',
  stratum: 'app',
  evidence: [certain({ variable: 'RENDER', is: /^true$/ })],
  state: {
    directory: '/data/.openclaw',
    mount: '/data',
    root: 'layer',
    lostAt: 'the service is deployed or restarted without a disk; the free plan has none',
    survives: 'a disk, below its mount path only',
    mend: ['a paid plan, Disks, Add disk with mount path /data', 'OPENCLAW_STATE_DIR=/data/.openclaw in Environment'],
  },
  token: { where: 'the Environment tab', set: ['Environment, Add variable, OPENCLAW_GATEWAY_TOKEN'] },
  probe: {
    from: 'outside',
    signal: 'GET healthCheckPath answers 2xx or 3xx within 5 s; a new instance may fail for 15 minutes',
    patience: 900,
    lengthen: () => 'no setting is documented: healthCheckPath: /startupz answers as early as can be',
  },
  snapshots: {
    what: 'a snapshot of the disk every 24 hours, kept for 7 days at least; the whole disk is restored',
    command: null,
  },
  trap: 'generateValue: true in a blueprint makes a new token for each new service: copy the old one first.',
  sources: [
    'https://render.com/docs/environment-variables',
    'https://render.com/docs/disks',
    'https://render.com/docs/health-checks',
  ],
};
