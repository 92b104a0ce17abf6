import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeEnvironment, decodeEnvironment } from '../openclaw/dotenv.ts';

/**
 * Writes the sealed variables that a restored installation would otherwise lack into its state `.env`, which OpenClaw
 * reads and which never overrides what the service itself sets. Those that stand there already keep their value.
 *
 * @param stateDir where the restored state directory is now
 * @returns names of the variables written, sorted
 */
export async function writeEnvironment(stateDir: string, sealed: Readonly<Record<string, string>>): Promise<string[]> {
  const path = join(stateDir, '.env');
  const before = await readFile(path, 'utf8').catch(() => '');
  const present = decodeEnvironment(before);
  const missing = Object.keys(sealed).filter((name) => present[name] === undefined || present[name] === '');
  if (missing.length === 0) return [];
  const added = encodeEnvironment(Object.fromEntries(missing.map((name) => [name, sealed[name] ?? ''])));
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(
    path,
    `${before}${separator}# restored by clawback: these came from outside the state directory\n${added}`,
    {
      mode: 0o600,
    },
  );
  await chmod(path, 0o600);
  const { uid, gid } = await stat(stateDir);
  await chown(path, uid, gid).catch(() => undefined);
  return missing.sort();
}
