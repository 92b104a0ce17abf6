import type { Platform } from '../platform.ts';
import { certain, POD } from './signs.ts';

export const cloudRun: Platform = {
  name: 'cloud-run',
  title: 'Google Cloud Run',
  stratum: 'app',
  evidence: [
    // App Engine sets them too, and Knative in any Kubernetes.
    certain({ variable: 'K_SERVICE' }, { variable: 'K_REVISION' }, { not: { variable: 'GAE_SERVICE' } }, { not: POD }),
  ],
  state: {
    directory: '/data/.openclaw',
    mount: '/data',
    root: 'memory',
    lostAt: 'an instance stops, which may be at any time: its whole file system is memory',
    survives: 'nothing local; Cloud Storage and NFS volumes survive, and neither is fit for SQLite',
    mend: [
      'move to Compute Engine or GKE with a persistent disk',
      'or let clawback run -- openclaw gateway run restore at start and back up at stop, with min and max instances 1',
    ],
  },
  token: {
    where: 'Secret Manager',
    set: [
      'gcloud secrets versions add openclaw-gateway-token --data-file=-',
      'gcloud run services update SERVICE --set-secrets=OPENCLAW_GATEWAY_TOKEN=openclaw-gateway-token:latest',
    ],
  },
  probe: {
    from: 'outside',
    signal: 'TCP on $PORT within 240 s',
    patience: 240,
    lengthen: (seconds) =>
      `--startup-probe=httpGet.path=/startupz,httpGet.port=$PORT,periodSeconds=10,failureThreshold=${Math.min(24, Math.ceil(seconds / 10))}; beyond 240 s, restore outside of the start`,
  },
  snapshots: { what: 'none', command: null },
  trap: 'A Cloud Storage volume looks like the persistence that is missing; it has no locks and the last writer wins, so databases on it break.',
  ready: { kind: 'cloud-run' },
  doubts: [
    'How long a start may take at most: pages say 240 s, and a newer one about jobs says 600 s. 240 s is safe.',
    'What a Cloud Storage or NFS volume looks like in the mount table of the first generation.',
  ],
  sources: [
    'https://cloud.google.com/run/docs/container-contract',
    'https://cloud.google.com/run/docs/configuring/healthchecks',
    'https://cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts',
  ],
};
