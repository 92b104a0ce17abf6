import type { Platform } from '../platform.ts';
import { certain, likely } from './signs.ts';

export const unraid: Platform = {
  name: 'unraid',
  title: 'Unraid',
  stratum: 'app',
  evidence: [
    certain({ file: '/etc/unraid-version' }),
    certain({ variable: 'HOST_OS', is: /^Unraid$/ }),
    likely({ mount: /^fuse\.shfs / }),
  ],
  state: {
    directory: '/home/node/.openclaw',
    mount: '/home/node/.openclaw',
    root: 'layer',
    lostAt:
      'the container is updated or docker.img is made anew: both drop the write layer, and docker.img named volumes too',
    survives: 'a path below /mnt/user/appdata, or /mnt/POOL/appdata, mapped into the container',
    mend: [
      'Docker, the container, Edit, Add another Path: Container Path /home/node/.openclaw, Host Path /mnt/cache/appdata/openclaw',
      'chown -R 1000:1000 /mnt/cache/appdata/openclaw',
      'Apply',
    ],
  },
  token: {
    where: 'a Variable of the container template',
    set: [
      'Docker, the container, Edit, Add another Variable: Key OPENCLAW_GATEWAY_TOKEN',
      'Apply, which makes the container anew',
    ],
  },
  probe: {
    from: 'outside',
    signal: "the image's HEALTHCHECK asks /healthz in the container; clients come through the mapped port",
    patience: 555,
    lengthen: (seconds) => `Extra Parameters: --health-start-period=${seconds}s`,
  },
  snapshots: {
    what: 'snapshots of a btrfs or ZFS pool; the flash backup holds the templates, not appdata',
    command: null,
  },
  trap: 'The flash backup looks like a backup of the server and holds no appdata. /mnt/user is a FUSE view: prefer the pool below it, or an exclusive share.',
  ready: { kind: 'unraid' },
  doubts: [
    'How the write-ahead log of SQLite fares on /mnt/user: no statement of the maintainers was found. A path of the pool avoids the question.',
  ],
  sources: [
    'https://github.com/unraid/webgui (etc/rc.d/rc.S, dynamix.docker.manager/include/Helpers.php)',
    'https://docs.unraid.net/unraid-os/using-unraid-to/run-docker-containers/overview',
    'https://docs.unraid.net/unraid-os/release-notes/6.12.0',
  ],
};
