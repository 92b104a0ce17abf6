import { isWithin } from '../openclaw/paths.ts';

/** One line of `/proc/<pid>/mountinfo` (proc(5)). */
export interface Mount {
  /** The directory of the file system that is mounted: `/` for all of it, else a bind mount or a subvolume. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  /** A device, a server, or a word. */
  readonly source: string;
  readonly readOnly: boolean;
  readonly options: readonly string[];
}

/** The mounts in their order; lines that are none are left out. */
export function parseMounts(mountinfo: string): Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, mountPoint, options] = before.split(' ');
    const [type, source, superOptions] = after.split(' ');
    if (root === undefined || mountPoint === undefined || options === undefined) return [];
    if (type === undefined || source === undefined) return [];
    const all = [...options.split(','), ...(superOptions ?? '').split(',')];
    return [
      {
        root: unescape(root),
        mountPoint: unescape(mountPoint),
        type,
        source: unescape(source),
        readOnly: all.includes('ro'),
        options: all,
      },
    ];
  });
}

/** The mount that holds a path: the deepest, and of several at one place the last, which lies over the others. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | null {
  const holding = mounts.filter(({ mountPoint }) => isWithin(path, mountPoint));
  const depth = Math.max(...holding.map(({ mountPoint }) => mountPoint.length));
  return holding.findLast(({ mountPoint }) => mountPoint.length === depth) ?? null;
}

/** Spaces and the like are written in octal: `\040`. */
function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
