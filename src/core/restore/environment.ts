import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEnvironment, decodeEnvironment } from '../openclaw/dotenv.ts';

export interface EnvironmentWrites {
  /** Values for variables that are missing there; those that stand there already keep theirs. */
  readonly missing: Readonly<Record<string, string>>;
  /** Values that replace what stands there. */
  readonly replaced: Readonly<Record<string, string>>;
}

/**
 * Writes variables that a restored installation would otherwise lack into its state `.env`, which OpenClaw reads and which
 * never overrides what the service itself sets.
 *
 * @param stateDir where the restored state directory is now
 * @returns names of the variables written, sorted
 */
export async function writeEnvironment(stateDir: string, writes: EnvironmentWrites): Promise<string[]> {
  const path = join(stateDir, '.env');
  const before = await readFile(path, 'utf8').catch(() => '');
  const present = decodeEnvironment(before);
  const missing = Object.entries(writes.missing).filter(
    ([name]) => present[name] === undefined || present[name] === '',
  );
  const added = { ...Object.fromEntries(missing), ...writes.replaced };
  const names = Object.keys(added).sort();
  if (names.length === 0) return [];
  // The last of several lines for one variable counts.
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  const text = `${before}${separator}# written by clawback restore\n${encodeEnvironment(added)}`;
  // By a new file and a rename: if it is a link to a file of the live host, that one is not written to.
  const fresh = join(stateDir, '.env.clawback');
  await writeFile(fresh, text, { mode: 0o600, flag: 'wx' });
  const { uid, gid } = await stat(stateDir);
  await chown(fresh, uid, gid).catch(() => undefined);
  await rename(fresh, path);
  return names;
}
