import { basename, dirname, join } from 'node:path';
import type { Machine, Space, Stat } from '../../../ports/machine.ts';
import { isWithin, realPath } from '../../openclaw/paths.ts';
import type { Located } from '../../openclaw/locate.ts';
import { type Mount, mountOf, parseMounts } from '../mounts.ts';
import type { LiveGateway } from './gateway.ts';

/** Where the state lies, and whether there is room and right to write. */
export interface StorageSeen {
  /** The state directory as the Gateway sees it. */
  readonly path: string;
  readonly mount: Mount | null;
  readonly mounts: readonly Mount[];
  /** What the device calls itself, such as `Amazon EC2 NVMe Instance Storage`; null if it says nothing. */
  readonly model: string | null;
  /** A mount point in `/etc/fstab` above the state directory on which nothing is mounted. */
  readonly unmounted: string | null;
  /** Free space, by what it is needed for. */
  readonly spaces: readonly { readonly path: string; readonly purpose: string; readonly space: Space }[];
  /** What OpenClaw must read and write, of those that are there. */
  readonly files: readonly { readonly path: string; readonly stat: Stat }[];
}

export async function lookAtStorage(
  { located, inside, gateway }: { located: Located; inside: string; gateway: LiveGateway | null },
  machine: Machine,
): Promise<StorageSeen> {
  const view = gateway?.root ?? '';
  const mounts = parseMounts((await machine.read(`/proc/${gateway?.pid ?? 'self'}/mountinfo`)) ?? '');
  const path = view === '' ? realPath(inside) : inside;
  const mount = mountOf(path, mounts);
  return {
    path,
    mount,
    mounts,
    model: mount === null ? null : await modelOf(mount.source, machine),
    unmounted: await unmountedAbove(path, mounts, { machine, view }),
    spaces: await spacesOf(located, { machine, view }),
    files: await filesOf(located.stateDir, machine),
  };
}

/** The partition of a disk stands in the directory of the disk. */
async function modelOf(source: string, machine: Machine): Promise<string | null> {
  const device = basename(source);
  const disk = /^(nvme\d+n\d+)p\d+$/.exec(device)?.[1] ?? device.replace(/\d+$/, '');
  const said = (await machine.read(`/sys/block/${disk}/device/model`)) ?? '';
  return said.trim() === '' ? null : said.trim();
}

async function unmountedAbove(
  path: string,
  mounts: readonly Mount[],
  { machine, view }: { machine: Machine; view: string },
): Promise<string | null> {
  const table = (await machine.read(`${view}/etc/fstab`)) ?? '';
  const planned = table.split('\n').flatMap((line) => {
    const [device = '#', mountPoint = ''] = line.trim().split(/\s+/);
    return device.startsWith('#') || !mountPoint.startsWith('/') || mountPoint === '/' ? [] : [mountPoint];
  });
  const missing = planned.filter((point) => !mounts.some(({ mountPoint }) => mountPoint === point));
  return missing.find((point) => isWithin(path, point)) ?? null;
}

/** OpenClaw copies its databases into scratch in the home, or `/tmp`, when it starts. */
async function spacesOf(
  { stateDir, home }: Located,
  { machine, view }: { machine: Machine; view: string },
): Promise<StorageSeen['spaces']> {
  const places = [
    { path: stateDir, purpose: 'the state directory' },
    { path: home, purpose: 'scratch in the home' },
    { path: `${view}/tmp`, purpose: 'scratch in /tmp' },
  ];
  const spaces = await Promise.all(places.map(async (place) => ({ ...place, space: await machine.space(place.path) })));
  return spaces.flatMap(({ space, ...place }) => (space === null ? [] : [{ ...place, space }]));
}

async function filesOf(stateDir: string, machine: Machine): Promise<StorageSeen['files']> {
  const agents = await machine.list(join(stateDir, 'agents'));
  const databases = [
    join(stateDir, 'state', 'openclaw.sqlite'),
    ...agents.map((id) => join(stateDir, 'agents', id, 'agent', 'openclaw-agent.sqlite')),
  ];
  const paths = [stateDir, join(stateDir, 'openclaw.json'), ...databases.flatMap((path) => [dirname(path), path])];
  const stats = await Promise.all(paths.map(async (path) => ({ path, stat: await machine.stat(path) })));
  return stats.flatMap(({ path, stat }) => (stat === null ? [] : [{ path, stat }]));
}
