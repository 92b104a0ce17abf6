import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const zeabur: Platform = {
  name: 'zeabur',
  title: 'Zeabur',
  stratum: 'app',
  evidence: [certain({ variable: 'ZEABUR_SERVICE_ID' }), certain({ variable: 'ZEABUR_PROJECT_ID' })],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node',
    root: 'layer',
    lostAt: 'the service restarts or is deployed again: without a volume every file is as in the image',
    survives: 'a volume, also when the image changes; deleting the volume, or the service with it, cannot be undone',
    mend: [
      'clawback backup first: mounting a volume clears the directory that it is mounted at',
      'dashboard, the service, Volumes, Mount volume at /home/node (or at /data, with OPENCLAW_STATE_DIR=/data/.openclaw)',
      'then clawback restore --in-place, and restart',
    ],
  },
  token: {
    where: 'the Variables tab of the service',
    set: ['dashboard, the service, Variables, OPENCLAW_GATEWAY_TOKEN', 'then redeploy'],
  },
  probe: {
    from: 'outside',
    signal: 'TCP on the exposed port: every 10 s, 5 s to answer, 3 failures',
    patience: 30,
    lengthen: (seconds) =>
      `the timings cannot be set: switch the health check off for the first start (it needs ${seconds} s), or give it a path in Settings, Health Check`,
  },
  snapshots: {
    what: 'Backup tab: an archive of the volume, taken while the service is stopped; Developer plan, kept for 7 days',
    command: null,
  },
  trap: 'Mounting a volume empties the directory below it, and a service that is deleted and made anew has a new, empty volume.',
  ready: { kind: 'zeabur' },
  doubts: ['Whether a new volume is writable for user 1000, as the image of OpenClaw needs it.'],
  sources: [
    'https://zeabur.com/docs/deploy/special-variables',
    'https://zeabur.cn/docs/operations/health-checks',
    'https://github.com/zeabur/zeabur (docs: data-management/volumes, backup)',
  ],
};
