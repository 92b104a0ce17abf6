import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const macos: Platform = {
  name: 'macos',
  title: 'macOS',
  stratum: 'machine',
  evidence: [certain({ system: 'darwin' })],
  state: {
    directory: '~/.openclaw',
    mount: '/',
    root: 'disk',
    lostAt: 'the disk is erased or the account removed',
    survives: 'the disk; Time Machine copies databases that are written to at that moment torn',
    mend: ['keep ~/.openclaw out of iCloud Drive and other synchronised folders'],
  },
  token: {
    where: '~/.openclaw/.env, which a launch agent reads as a shell does',
    set: ['write OPENCLAW_GATEWAY_TOKEN=… into ~/.openclaw/.env, mode 0600', 'openclaw gateway restart'],
  },
  probe: {
    from: 'inside',
    signal: 'launchd takes a process that runs for healthy',
    patience: null,
    lengthen: () => 'nothing ends a slow start',
  },
  snapshots: { what: 'Time Machine, and snapshots of APFS', command: 'tmutil localsnapshot' },
  trap: 'A launch agent does not have the variables of a shell profile.',
  doubts: ['What a launch agent reads, and how Time Machine copies databases: from memory.'],
  sources: ['https://docs.openclaw.ai/platforms/macos (unverified)'],
};
