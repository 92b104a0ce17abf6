import { chown, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import { isRecord } from './config-value.ts';
import { readWithIncludes } from './include.ts';
import { jsonOrNull } from './json.ts';
import { messageOf } from './message.ts';
import type { Relocation } from './moves.ts';
import { isWithin } from './paths.ts';
import { rewriteStrings } from './rewrite-json5.ts';
import type { Restored } from './restored.ts';

/** Runs work on one file with a relocation of its own, so that the file's changes are counted apart. */
type Counting = <T>(path: string, work: (relocation: Relocation) => Promise<T> | T) => Promise<T>;

/** Deliveries up to 2026.5 were a file each; those that failed wait in a directory of their own and are not sent. */
const QUEUES = ['delivery-queue', 'session-delivery-queue'];

/** @returns how many deliveries were removed */
export async function dropQueueFiles(stateDir: string): Promise<number> {
  let dropped = 0;
  for (const queue of QUEUES.map((name) => join(stateDir, name))) {
    const names = await readdir(queue).catch(() => []);
    for (const name of names.filter((entry) => /\.(?:json|delivered|tmp)$/.test(entry))) {
      await rm(join(queue, name));
      dropped++;
    }
  }
  return dropped;
}

/** Cron jobs up to 2026.5 are a file, which the Gateway finds wherever it goes: none can get lost on the way. */
export async function jobsInFile(stateDir: string): Promise<{ before: number; after: number }> {
  const file = jsonOrNull(await readFile(join(stateDir, 'cron', 'jobs.json'), 'utf8').catch(() => null));
  const jobs = isRecord(file) ? file['jobs'] : file;
  const count = Array.isArray(jobs) ? jobs.length : 0;
  return { before: count, after: count };
}

/** The JSON files that hold absolute paths: session indexes up to 2026.6, and cron jobs and approvals before that. */
export async function rewriteJsonFiles(stateDir: string, counting: Counting): Promise<void> {
  const agents = await readdir(join(stateDir, 'agents')).catch(() => []);
  const approvals = join(stateDir, 'exec-approvals.json');
  await dropSocketToken(approvals);
  const paths = [
    ...agents.map((id) => join(stateDir, 'agents', id, 'sessions', 'sessions.json')),
    join(stateDir, 'cron', 'jobs.json'),
    approvals,
  ];
  for (const path of paths) {
    const text = await textOf(path);
    if (text !== null) await counting(path, (relocation) => rewriteJson(path, text, relocation));
  }
}

/** The config, and what it includes from within the restored copies; the running host's own files are never touched. */
export async function rewriteConfigFiles(restored: Restored, counting: Counting): Promise<void> {
  const { stateDir, configFiles = [] } = restored;
  const names = ['openclaw.json', 'clawdbot.json'].map((name) => join(stateDir, name));
  const files = new Set<string>(configFiles);
  for (const path of [...names, ...configFiles]) {
    const included = await readWithIncludes(path, (written) => whereItIs(written, restored));
    for (const file of included.files) if (isWithin(file, stateDir) || configFiles.includes(file)) files.add(file);
  }
  for (const path of files) {
    const text = await textOf(path);
    if (text !== null) await counting(path, (relocation) => rewriteConfig(path, text, relocation));
  }
}

/** An include may be named by its old absolute path, while the copy of it stands in the restored state directory. */
function whereItIs(path: string, { stateDir, moves }: Restored): string {
  const [state] = moves;
  return state !== undefined && isWithin(path, state.from) ? join(stateDir, path.slice(state.from.length)) : path;
}

async function rewriteConfig(path: string, text: string, relocation: Relocation): Promise<void> {
  try {
    await replace(
      path,
      text,
      rewriteStrings(text, (value) => relocation.text(value)),
    );
  } catch (cause) {
    throw new ClawbackError('FAILED', `paths in ${path} cannot be rewritten: ${messageOf(cause)}`, {
      hint: 'restore to the path that the snapshot was taken from, or mend the config there first',
      cause,
    });
  }
}

async function rewriteJson(path: string, text: string, relocation: Relocation): Promise<void> {
  try {
    await replace(
      path,
      text,
      rewriteStrings(text, (value) => relocation.text(value)),
    );
  } catch (error) {
    // A file that OpenClaw cannot read either: it stays as it was captured.
    if (!(error instanceof SyntaxError)) throw error;
  }
}

/** Up to 2026.5 the token that admits to the approval socket of the old process stood in a file. */
async function dropSocketToken(path: string): Promise<void> {
  const text = await textOf(path);
  const approvals = text === null ? null : jsonOrNull(text);
  if (!isRecord(approvals) || !isRecord(approvals['socket']) || !('token' in approvals['socket'])) return;
  delete approvals['socket']['token'];
  await replace(path, text ?? '', `${JSON.stringify(approvals, null, 2)}\n`);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

/** By a new file and a rename, so that a kill leaves the old text or the new one; mode and owner stay. */
async function replace(path: string, text: string, rewritten: string): Promise<void> {
  if (rewritten === text) return;
  const { mode, uid, gid } = await stat(path);
  const temporary = `${path}.clawback`;
  await writeFile(temporary, rewritten, { mode });
  await chown(temporary, uid, gid);
  await rename(temporary, path);
}
