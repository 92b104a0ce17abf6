import type { Platform } from '../platform.ts';
import { podProbe, podState, podToken } from './kubernetes-advice.ts';
import { dmi, likely, POD } from './signs.ts';

export const gke: Platform = {
  name: 'gke',
  title: 'Google Kubernetes Engine',
  stratum: 'orchestrator',
  evidence: [likely(POD, dmi('product_name', /^Google Compute Engine/))],
  state: {
    ...podState,
    survives: 'a PersistentVolume of the Compute Engine persistent disk driver; a zonal disk stays in its zone',
    mend: [
      ...podState.mend,
      'storageClassName: premium-rwo (Compute Engine persistent disk); not a Cloud Storage FUSE volume',
    ],
  },
  token: podToken,
  probe: podProbe,
  snapshots: {
    what: 'VolumeSnapshot of the persistent disk driver',
    command: 'gcloud compute snapshots create NAME --source-disk DISK',
  },
  trap: 'A Cloud Storage FUSE volume looks like a disk and has no locks: SQLite on it is damaged sooner or later.',
  ready: { kind: 'pod', storageClass: 'premium-rwo' },
  sources: [
    'https://docs.openclaw.ai/install/kubernetes',
    'https://cloud.google.com/run/docs/configuring/services/cloud-storage-volume-mounts',
  ],
};
