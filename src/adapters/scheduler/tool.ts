import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { ClawbackError, systemCode } from '../../ports/errors.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Milliseconds; a manager that is asked over a dead bus answers never. */
const PATIENCE = 30_000;

/**
 * Runs a tool of the host's scheduler to its end, whatever that is.
 *
 * @throws ClawbackError `FAILED` if there is no such tool.
 */
export async function runTool(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  input = '',
): Promise<Ran> {
  const [command = '', ...rest] = words;
  const child = spawn(command, rest, { env: { ...env, LC_ALL: 'C' }, timeout: PATIENCE });
  // A tool that does not want its input closes it.
  child.stdin.on('error', () => undefined).end(input);
  try {
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ]);
    return { code: code ?? -1, stdout, stderr: stderr.trim() };
  } catch (cause) {
    if (systemCode(cause) !== 'ENOENT') throw cause;
    throw new ClawbackError('FAILED', `this host has no ${command}`, { hint: 'choose another --format', cause });
  }
}
