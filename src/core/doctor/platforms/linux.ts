import type { Platform } from '../platform.ts';
import { unitProbe, unitToken } from './machine-advice.ts';
import { likely } from './signs.ts';

export const linux: Platform = {
  name: 'linux',
  title: 'Linux',
  stratum: 'machine',
  evidence: [likely({ system: 'linux' })],
  state: {
    directory: '~/.openclaw',
    mount: '/',
    root: 'disk',
    lostAt: 'the disk is lost or the system is installed anew',
    survives: 'the disk that it is on; a disk of its own also survives a new system',
    mend: ['keep the state directory on a disk, not in memory: OPENCLAW_STATE_DIR in the environment of the unit'],
  },
  token: unitToken,
  probe: unitProbe,
  snapshots: { what: 'those of LVM, btrfs or ZFS, where there is one', command: null },
  trap: 'A variable that is exported in a shell is not in the environment of the unit: the Gateway that systemd starts makes up a token of its own.',
  ready: { kind: 'machine', fetchSecret: null },
  doubts: ['That TimeoutStartSec matters to units of Type=notify alone: from memory.'],
  sources: [
    'https://docs.openclaw.ai/install',
    'https://www.freedesktop.org/software/systemd/man/systemd.exec.html (unverified)',
  ],
};
