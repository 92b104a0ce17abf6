import type { Platform } from '../platform.ts';
import { certain } from './signs.ts';

export const windows: Platform = {
  name: 'windows',
  title: 'Windows (WSL)',
  stratum: 'machine',
  evidence: [certain({ system: 'win32' }), certain({ file: '/proc/sys/kernel/osrelease', is: /microsoft|wsl/i })],
  state: {
    directory: '~/.openclaw',
    mount: '/',
    root: 'disk',
    lostAt: 'wsl --unregister deletes the distribution with everything in it',
    survives: 'the virtual disk of the distribution; /mnt/c survives it too and breaks SQLite under load',
    mend: [
      'keep the state directory in the home of the distribution, not below /mnt/c',
      'wsl --export DISTRIBUTION file.tar before it is removed',
    ],
  },
  token: {
    where: '~/.openclaw/.env, or the environment of the unit in the distribution',
    set: ['write OPENCLAW_GATEWAY_TOKEN=… into ~/.openclaw/.env, mode 0600', 'restart the Gateway'],
  },
  probe: {
    from: 'inside',
    signal: 'a scheduled task is no service: it stops when the user logs off',
    patience: null,
    lengthen: () => 'nothing ends a slow start',
  },
  snapshots: { what: 'an export of the distribution', command: 'wsl --export DISTRIBUTION file.tar' },
  trap: 'A Scheduled Task does not keep a Gateway running; and a state directory below /mnt/c lies on 9p.',
  sources: [
    'https://github.com/systemd/systemd (src/basic/virt.c)',
    'https://learn.microsoft.com/windows/wsl/basic-commands',
  ],
};
