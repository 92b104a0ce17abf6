import { join } from 'node:path';
import type { Machine } from '../../../ports/machine.ts';
import { expandPath, realPath } from '../../openclaw/paths.ts';
import type { Host } from '../../openclaw/host.ts';
import type { Installation } from './installation.ts';

/** Another directory that holds a state of OpenClaw's, which may be the one that people take for theirs. */
export interface OtherHome {
  readonly path: string;
  /** Why it was looked at. */
  readonly why: string;
  /** When a database in it was last written; null if it holds none. Milliseconds since 1970. */
  readonly writtenAt: number | null;
}

/** Where OpenClaw and its images have kept state. */
const NAMES = ['.openclaw', '.clawdbot', '.moltbot'];
const MOUNTED = ['/data', '/data/.openclaw', '/data/openclaw/.openclaw', '/home/node/.openclaw'];

/** Every other state directory that this installation could be taken for. */
export async function otherHomes(
  { located, units, gateway }: Installation,
  host: Host,
  machine: Machine,
): Promise<OtherHome[]> {
  const own = host.env['OPENCLAW_STATE_DIR'];
  const view = gateway?.root ?? '';
  const candidates = [
    ...(own === undefined || own.trim() === ''
      ? []
      : [{ path: expandPath(own, located.home), why: 'OPENCLAW_STATE_DIR in this environment' }]),
    ...units.flatMap(({ path, values }) => {
      const named = values['OPENCLAW_STATE_DIR'];
      return named === undefined
        ? []
        : [{ path: expandPath(named, located.home), why: `OPENCLAW_STATE_DIR in ${path}` }];
    }),
    ...NAMES.map((name) => ({ path: join(located.home, name), why: 'a place that OpenClaw uses by itself' })),
    ...MOUNTED.map((path) => ({ path: view + path, why: 'a place where images mount a volume' })),
  ];
  const seen = new Set([realPath(located.stateDir)]);
  const homes: OtherHome[] = [];
  for (const candidate of candidates) {
    const real = realPath(candidate.path);
    if (seen.has(real)) continue;
    seen.add(real);
    const writtenAt = await lastWrite(real, machine);
    const hasConfig = (await machine.stat(join(real, 'openclaw.json'))) !== null;
    if (writtenAt !== null || hasConfig) homes.push({ ...candidate, writtenAt });
  }
  return homes;
}

/** When the control database was last written. Milliseconds since 1970; null if there is none. */
export async function lastWrite(stateDir: string, machine: Machine): Promise<number | null> {
  const database = join(stateDir, 'state', 'openclaw.sqlite');
  const stats = await Promise.all([database, `${database}-wal`].map((path) => machine.stat(path)));
  const times = stats.flatMap((stat) => (stat === null ? [] : [stat.changedAt]));
  return times.length === 0 ? null : Math.max(...times);
}
