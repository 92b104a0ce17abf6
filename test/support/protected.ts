import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type CliResult, runCli } from './cli.ts';

/** An installation that Clawback protects; with a home, and a destination, of its own. */
export interface Protected {
  readonly home: string;
  /** Clawback's own state directory: spool, staging, locks. */
  readonly workDir: string;
  /** The directory that is the one destination. */
  readonly nas: string;
  /** For everything that is run as this installation's user. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one command line in this process, and insists that it succeeds. */
  must(...argv: readonly string[]): Promise<CliResult>;
  /** What `--json` prints of a command line that succeeds. */
  json(...argv: readonly string[]): Promise<unknown>;
}

/** Names of the snapshots that a destination holds, oldest first; not of what lies beside them. */
export async function snapshotNames(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.age')).sort();
}

/**
 * Sets an existing installation up with `clawback init`.
 *
 * @param home holds the state directory where OpenClaw looks for it
 * @param openclaw entry script of the `openclaw` on this user's PATH
 */
export async function protect(home: string, openclaw: string): Promise<Protected> {
  const [bin, nas] = [join(home, 'bin'), join(home, 'nas')];
  await mkdir(bin);
  await mkdir(nas);
  await symlink(openclaw, join(bin, 'openclaw'));
  const env = { HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  const must = async (...argv: readonly string[]): Promise<CliResult> => {
    const result = await runCli(argv, { env, cwd: home });
    if (result.code !== 0) throw new Error(`clawback ${argv.join(' ')} exits ${result.code}:\n${result.stderr}`);
    return result;
  };
  await must('init', '--destination', `nas=${nas}`, '--instance', 'prod-1', '--yes');
  return {
    ...{ home, nas, env, must, workDir: join(home, '.local', 'state', 'clawback') },
    json: async (...argv) => JSON.parse((await must(...argv, '--json')).stdout) as unknown,
  };
}
