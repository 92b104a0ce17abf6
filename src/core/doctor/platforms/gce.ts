import type { Platform } from '../platform.ts';
import { ontoDataDisk, unitProbe, unitToken } from './machine-advice.ts';
import { certain, dmi } from './signs.ts';

export const gce: Platform = {
  name: 'gce',
  title: 'Google Compute Engine',
  stratum: 'machine',
  evidence: [certain(dmi('product_name', /^Google Compute Engine/))],
  metadata: {
    url: 'http://169.254.169.254/computeMetadata/v1/instance/id',
    headers: { 'Metadata-Flavor': 'Google' },
    is: /^\d+$/,
  },
  state: {
    directory: '/data/openclaw/.openclaw',
    mount: '/data',
    root: 'system-disk',
    lostAt: 'the instance is deleted or its boot disk replaced',
    survives: 'a persistent disk whose auto-delete is off',
    mend: [
      ...ontoDataDisk('gcloud compute instances attach-disk VM --disk DISK'),
      'gcloud compute instances set-disk-auto-delete VM --no-auto-delete --disk DISK',
    ],
  },
  token: unitToken,
  probe: unitProbe,
  snapshots: {
    what: 'snapshots of disks, by hand or on a schedule',
    command: 'gcloud compute snapshots create NAME --source-disk DISK',
  },
  trap: 'A disk in /etc/fstab by its device name may come up as another one: mount by UUID or /dev/disk/by-id.',
  ready: { kind: 'machine', fetchSecret: 'gcloud secrets versions access latest --secret "$1"' },
  doubts: ['That the boot disk is deleted with the instance by default, and a Local SSD is emptied when it stops.'],
  sources: [
    'https://github.com/canonical/cloud-init (tools/ds-identify)',
    'https://cloud.google.com/sdk/gcloud/reference/compute/instances/set-disk-auto-delete',
  ],
};
