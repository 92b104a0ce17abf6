import { join } from 'node:path';
import { isWithin } from '../../openclaw/paths.ts';
import type { Examination } from '../examination.ts';
import type { Mount } from '../mounts.ts';
import type { Platform } from '../platform.ts';
import { type Fact, type Finding, known, unknown } from '../report.ts';

type Verdict = Pick<Finding, 'id' | 'severity' | 'title' | 'evidence'>;

/** The second fact: does the place where the state lies survive a reset? */
export function judgePersistence(seen: Examination): { fact: Fact; findings: Finding[] } {
  const { storage, platform, installation } = seen;
  const { mount, path } = storage;
  if (mount === null) return { fact: unknown('no mount table to read'), findings: [] };
  const { id, severity, title, evidence } = verdictOf(mount, seen);
  // What is not in use is not lost yet; a restored copy may well lie in memory for a while.
  const grade = severity === 'fail' && installation.atRest ? 'warn' : severity;
  const fix =
    severity === 'fail' || severity === 'warn' ? { fix: [...besideVolume(storage), ...platform.state.mend] } : {};
  const where = describe(mount);
  return {
    fact: known(`${where}: ${evidence}`, `the mount table, for ${path}`),
    findings: [{ id, layer: 'facts', severity: grade, title, evidence: `${path} is on ${where}: ${evidence}`, ...fix }],
  };
}

function verdictOf(mount: Mount, seen: Examination): Verdict {
  const { platform } = seen;
  const fleeting = fleetingOf(mount, seen);
  if (fleeting !== null)
    return { id: 'storage-fleeting', severity: 'fail', title: 'the state directory does not last', evidence: fleeting };
  const elsewhere = volumeElsewhere(seen);
  if (elsewhere !== null) {
    const title = 'the volume is mounted, and the state is elsewhere';
    return { id: 'volume-elsewhere', severity: 'fail', title, evidence: elsewhere };
  }
  const unfit = UNFIT.find(({ type }) => type.test(mount.type));
  if (unfit !== undefined) {
    const title = `the storage below the state directory is ${UNFIT_WORDS[unfit.severity]}`;
    return { id: 'storage-unfit', severity: unfit.severity, title, evidence: unfit.why };
  }
  if (ANONYMOUS.test(mount.root)) {
    const evidence = 'a volume without a name belongs to this one container: the next one gets a new, empty one';
    return { id: 'storage-anonymous', severity: 'warn', title: 'the volume has no name', evidence };
  }
  if (mount.mountPoint === '/' && platform.state.root === 'system-disk') {
    const evidence = `what is there is lost when ${eventOf(platform)}`;
    return {
      id: 'storage-system-disk',
      severity: 'warn',
      title: 'the state directory is on the system disk',
      evidence,
    };
  }
  return {
    id: 'storage',
    severity: 'ok',
    title: 'the state directory is on storage that lasts',
    evidence: lastsBecause(mount),
  };
}

const UNFIT_WORDS = { fail: 'no place for databases', warn: 'hard on databases', info: 'not the best for databases' };

/** Docker's name for a volume that was given none. */
const ANONYMOUS = /\/volumes\/[0-9a-f]{64}\/_data/;

/** Why what is written there will soon be gone; null if it will not. */
function fleetingOf(mount: Mount, { platform, storage }: Examination): string | null {
  if (mount.type === 'overlay' || mount.type === 'aufs')
    return 'this is the write layer of a container, and gone when the container is replaced';
  if (mount.type === 'tmpfs' || mount.type === 'ramfs' || mount.type === 'rootfs')
    return 'this is memory, and gone when the machine or container restarts';
  if (mount.mountPoint === '/' && platform.state.root === 'memory')
    return 'on this platform the file system is memory, and gone when the instance stops';
  // Whatever the driver of its layers is: in a container of one's own making, this may also be a whole machine's disk.
  if (mount.mountPoint === '/' && platform.state.root === 'layer' && platform.stratum !== 'container')
    return `this is the container's own file system, and gone when ${eventOf(platform)}`;
  if (mount.root.includes('kubernetes.io~empty-dir'))
    return 'this is an emptyDir, and gone when the pod is deleted or evicted';
  if (storage.model === 'Amazon EC2 NVMe Instance Storage')
    return 'this is an instance store, and gone when the instance stops';
  return null;
}

/** A platform that names its volume's mount point, which the state directory is not below. */
function volumeElsewhere({ platform, storage, env }: Examination): string | null {
  const name = platform.state.volumeVariable;
  const point = name === undefined ? undefined : env[name];
  if (name === undefined || point === undefined || isWithin(storage.path, point)) return null;
  return `${name} says that the volume is at ${point}`;
}

interface Unfit {
  readonly type: RegExp;
  readonly severity: 'fail' | 'warn' | 'info';
  readonly why: string;
}

/** File systems on which SQLite's write-ahead log does not hold what it promises: OpenClaw's own list, and what it overlooks. */
const UNFIT: readonly Unfit[] = [
  {
    type: /^fuse\.(gcsfuse|ossfs2?|s3fs|rclone|blobfuse2?|juicefs|goofys|geesefs|tosfs|mount-s3|cosfs|obsfs)$/,
    severity: 'fail',
    why: 'object storage behind FUSE has no locks, and the last writer wins; OpenClaw does not notice and uses a write-ahead log',
  },
  { type: /^fuse\.sshfs$/, severity: 'fail', why: 'OpenClaw refuses to keep databases on sshfs' },
  {
    type: /^(glusterfs|fuse\.glusterfs|ceph|fuse\.ceph.*|fuse\.grpcfuse|fakeowner|vboxsf|fuse\.bindfs)$/,
    severity: 'warn',
    why: 'a write-ahead log needs shared memory that this file system may not give; OpenClaw does not notice',
  },
  {
    type: /^(nfs4?|cifs|smb.*)$/,
    severity: 'warn',
    why: 'a network file system: OpenClaw falls back to a rollback journal, and only one Gateway may ever write',
  },
  {
    type: /^(9p.*|virtiofs|fuse\.virtiofs|drvfs)$/,
    severity: 'warn',
    why: 'a file system that is shared with another system: databases with a write-ahead log break on it under load, in releases before 2026.9',
  },
  {
    type: /^fuse\.shfs$/,
    severity: 'info',
    why: "Unraid's user share: it survives; the pool below it (/mnt/POOL/appdata) or an exclusive share is easier on databases",
  },
];

/** Where there is a volume that could be used, say so first. */
function besideVolume(storage: Examination['storage']): string[] {
  const volume = storage.mounts.find(
    ({ mountPoint, type, source }) =>
      /^\/(data|mnt\/data|var\/data|storage|persist\w*|home\/node)$/.test(mountPoint) &&
      source.startsWith('/dev/') &&
      type !== 'overlay',
  );
  return volume === undefined
    ? []
    : [
        `a volume is mounted at ${volume.mountPoint}: OPENCLAW_STATE_DIR=${join(volume.mountPoint, '.openclaw')}, and move the state there`,
      ];
}

function lastsBecause(mount: Mount): string {
  if (mount.mountPoint === '/') return "the system's own disk";
  if (mount.type.startsWith('fuse.')) return `a mount of its own; it lasts as long as what is behind it`;
  if (mount.root !== '/' && mount.root.includes('/volumes/'))
    return 'a named volume; it lasts until it is removed or the host is lost';
  if (mount.root !== '/') return 'a directory of the host; it lasts as long as that disk';
  return 'a mount of its own, apart from the system';
}

/** What happens, without what it means. */
function eventOf(platform: Platform): string {
  return platform.state.lostAt.split(':')[0] ?? '';
}

function describe(mount: Mount): string {
  const part = mount.root === '/' ? '' : ` (${mount.root})`;
  return `${mount.type} of ${mount.source}${part}, mounted at ${mount.mountPoint}`;
}
