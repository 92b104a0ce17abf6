import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hostTool } from './host-tool.ts';

/** What the processes of a private mount namespace shall see of the file system. */
export interface View {
  /** What appears where. A directory is bound; a file is copied, for a bound one cannot be replaced by rename. */
  readonly mounts: readonly { readonly copy: string; readonly at: string }[];
  /** Files and directories that stay where they are on the host. */
  readonly keep: readonly string[];
  /** An empty directory but for `mounts` and `keep`. */
  readonly home: string;
  /** Backs `/tmp` and `~/.cache`, and is the mount point of the new root. */
  readonly scratch: string;
}

/** Programs and libraries; everything else of the host stays out of sight, above all its sockets under `/run`. */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  '/etc',
  '/nix',
  '/gnu',
  '/home/linuxbrew',
];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

/**
 * Builds a new root from an allowlist and moves the calling process, and all others of its mount namespace, into it. The
 * root is a file system of its own, so a path that does not exist on the host is made without touching the host.
 *
 * @throws ClawbackError `CANNOT_MUTE` if a mount is refused.
 */
export function enterPrivateView(view: View): void {
  const root = join(view.scratch, 'root');
  mkdirSync(root, { recursive: true });
  hostTool('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'clawback', root);
  const host = new HostPaths(root, [...view.mounts.map(({ at }) => at), view.home]);
  for (const path of SYSTEM) host.show(path);
  for (const name of DEVICES) host.bind(join('/dev', name));
  symlinkSync('/proc/self/fd', join(root, 'dev', 'fd'));
  mkdirSync(join(root, 'dev', 'shm'), { mode: 0o1777 });
  mkdirSync(join(root, 'proc'));
  hostTool('mount', '-t', 'proc', 'proc', join(root, 'proc'));

  attach(backing(view.scratch, 'tmp'), join(root, 'tmp'));
  mkdirSync(join(root, view.home), { recursive: true });
  attach(backing(view.scratch, 'cache'), join(root, view.home, '.cache'));
  const parentsFirst = view.mounts.toSorted((a, b) => a.at.length - b.at.length);
  for (const { copy, at } of parentsFirst) attach(copy, join(root, at));
  for (const path of view.keep.filter((kept) => !isSystem(kept))) host.bind(path);
  moveInto(root);
}

/** Shows parts of the host at the same paths below a new root. */
class HostPaths {
  readonly #root: string;
  readonly #points: readonly string[];
  readonly #readOnly: boolean;

  constructor(root: string, points: readonly string[]) {
    this.#root = root;
    this.#points = points;
    // A user namespace may not drop the flags of the host's own mounts, and an ordinary user cannot write there anyway.
    this.#readOnly = mapsEveryUser();
  }

  /** Binds a whole tree; one that a mount point lies in is taken apart, so that the mount point can be made. */
  show(path: string): void {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined || this.#points.includes(path)) return;
    const target = this.#root + path;
    mkdirSync(dirname(target), { recursive: true });
    if (stats.isSymbolicLink()) symlinkSync(readlinkSync(path), target);
    else if (stats.isDirectory() && this.#points.some((point) => isWithin(point, path))) {
      mkdirSync(target, { mode: stats.mode });
      for (const name of readdirSync(path)) this.show(join(path, name));
    } else this.bind(path);
  }

  bind(path: string): void {
    const target = this.#root + path;
    makeMountPoint(target, statSync(path).isDirectory());
    hostTool('mount', '--rbind', path, target);
    if (this.#readOnly) hostTool('mount', '-o', 'remount,bind,ro', target);
  }
}

function attach(source: string, target: string): void {
  const stats = statSync(source);
  if (stats.isDirectory()) {
    makeMountPoint(target, true);
    hostTool('mount', '--rbind', source, target);
    return;
  }
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
  chmodSync(target, stats.mode);
  chownSync(target, stats.uid, stats.gid);
}

function makeMountPoint(target: string, directory: boolean): void {
  if (existsSync(target)) return;
  mkdirSync(directory ? target : dirname(target), { recursive: true });
  if (!directory) writeFileSync(target, '');
}

/** On disk: OpenClaw copies whole databases to its cache when it starts, which would fill memory. */
function backing(scratch: string, name: string): string {
  const directory = join(scratch, name);
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o1777);
  return directory;
}

function moveInto(root: string): void {
  mkdirSync(join(root, '.host'));
  process.chdir(root);
  hostTool('pivot_root', '.', '.host');
  process.chdir('/');
  hostTool('umount', '--lazy', '/.host');
  rmdirSync('/.host');
}

function isSystem(path: string): boolean {
  return SYSTEM.some((directory) => isWithin(path, directory));
}

/** True in the first user namespace: it alone maps all 2^32 - 1 users to themselves. */
function mapsEveryUser(): boolean {
  return readFileSync('/proc/self/uid_map', 'latin1').trim().split(/\s+/).join(' ') === '0 0 4294967295';
}

function isWithin(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}
