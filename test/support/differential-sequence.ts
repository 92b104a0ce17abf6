import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { memoryStorage } from '../../src/adapters/storage/memory.ts';
import { backup } from '../../src/core/backup.ts';
import { TarThread } from '../../src/core/capture/tar-thread.ts';
import { catalog, type HeldSnapshot } from '../../src/core/catalog.ts';
import { openWhole } from '../../src/core/open-held.ts';
import { extractAll } from '../../src/core/restore/extract-all.ts';
import { UnpackThreads } from '../../src/core/unpack/unpack-threads.ts';
import { hostWith } from '../unit/core/openclaw/host.ts';
import { noHooks } from './no-hooks.ts';
import { type Edit, treeOf } from './changing-tree.ts';
import { bufferOf, IDENTITY, RECIPIENT, SIGNING_SECRET, TRUST } from './snapshots.ts';
import { stock } from './stock.ts';

export interface Step {
  readonly edits: readonly Edit[];
  readonly full: boolean;
  /** Whether the clock lets an untouched file be told by its times. */
  readonly certain: boolean;
}

const NEVER = new AbortController().signal;
const FREE = { acquire: () => Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() }) };

/**
 * Plays a history in a fresh home, and restores each of its snapshots: what comes back must be what was there.
 *
 * @param byStock restores the last one with age, zstd, tar and sh as well
 */
export async function playHistory(
  home: string,
  steps: readonly Step[],
  { byStock }: { byStock: boolean },
): Promise<void> {
  const stateDir = join(home, '.openclaw');
  const live = join(stateDir, 'workspace');
  mkdirSync(live, { recursive: true });
  writeFileSync(join(stateDir, 'openclaw.json'), '{}');
  const destination = { name: 'nas', storage: memoryStorage() };
  const expected: { id: string; tree: Record<string, string> }[] = [];
  for (const [number, { edits, full, certain }] of steps.entries()) {
    for (const edit of edits) edit(live);
    const createdAt = `${certain ? 2100 : 2020}-01-01T00:00:0${number}Z`;
    await using thread = new TarThread();
    const { snapshot } = await backup(
      {
        ...{ host: hostWith(home, {}), stateDir: null, instance: 'prod-1', createdAt, environment: 'sealed' },
        begunAt: Date.parse(createdAt),
        ...{ recipients: [RECIPIENT], signingSecret: SIGNING_SECRET, destinations: [destination], catchUp: true },
        ...{ diet: { exclude: [], include: [], own: [] }, workDir: join(home, 'work') },
        canary: null,
        full: full ? 'always' : { every: Infinity, whenDifferentialExceeds: Infinity },
      },
      { lock: FREE, thread, hooks: noHooks, onBytes: () => undefined },
      NEVER,
    );
    expect(snapshot.kind).toBe(full || number === 0 ? 'full' : 'differential');
    expected.push({ id: snapshot.id, tree: treeOf(live, fingerprint) });
  }
  const { snapshots } = await catalog([destination], null, NEVER);
  for (const { id, tree } of expected) {
    const held = snapshots.find((snapshot) => snapshot.id === id);
    if (held === undefined) throw new Error(`${id} is not stored`);
    expect(await restored(held, join(home, id)), `${held.kind} ${id}`).toEqual(tree);
    if (byStock && held === snapshots[0]) expect(await stockRestored(held, join(home, 'stock'))).toEqual(tree);
  }
}

async function restored(held: HeldSnapshot, target: string): Promise<Record<string, string>> {
  const opening = { keyring: { identities: [IDENTITY] }, trust: TRUST, signal: NEVER, onLeave: () => undefined };
  const snapshot = await openWhole(held, opening);
  const entries = await snapshot.entries();
  const places = new Map([['state', target]]);
  const { digest16 } = held;
  await using threads = new UnpackThreads(NEVER);
  const options = { entries, digest16, places, owners: false, threads, signal: NEVER, onRead: () => undefined };
  (await extractAll(snapshot, options))();
  return treeOf(join(target, 'workspace'), fingerprint);
}

/** As `clawback/apply.sh` and `docs/format.md` say. */
async function stockRestored(held: HeldSnapshot, directory: string): Promise<Record<string, string>> {
  mkdirSync(directory);
  const identity = join(directory, 'identity.txt');
  writeFileSync(identity, IDENTITY);
  const unpacked = async (snapshot: HeldSnapshot, name: string): Promise<string> => {
    const target = join(directory, name);
    mkdirSync(target);
    const [holder] = snapshot.holders;
    if (holder === undefined) throw new Error(`nobody holds ${snapshot.id}`);
    const sealed = await bufferOf(await holder.storage.get(snapshot.key));
    const tar = await stock('zstd', ['-d', '-c'], await stock('age', ['-d', '-i', identity], sealed));
    await stock('tar', ['-x', '-p', '-C', target], tar);
    return target;
  };
  const target = await unpacked(held.full ?? held, 'snapshot');
  if (held.full !== null) await stock('sh', [join(await unpacked(held, 'changes'), 'clawback/apply.sh'), target]);
  return treeOf(join(target, 'payload/state/workspace'), fingerprint);
}

/** What a path holds; a database by its rows, since a copy of it has no WAL. */
function fingerprint(path: string): string {
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) return `-> ${readlinkSync(path)}`;
  if (stats.isDirectory()) return 'directory';
  if (!path.endsWith('.sqlite')) return createHash('sha256').update(readFileSync(path)).digest('hex');
  using database = new DatabaseSync(path);
  const rows = JSON.stringify(database.prepare('SELECT * FROM talk').all());
  expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  return createHash('sha256').update(rows).digest('hex');
}
