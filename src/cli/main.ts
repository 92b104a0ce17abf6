import { ClawbackError } from '../ports/errors.ts';
import { conversation } from './conversation.ts';
import { EXIT_CODES, EXIT_DONE } from './exit.ts';
import { onInterrupt } from './interrupt.ts';
import { parseCommandLine } from './program.ts';
import { describeError, hintOf } from './report.ts';
import type { Surroundings } from './surroundings.ts';

/** Runs the command that this process was started for. */
export async function runProcess(): Promise<void> {
  const { argv, env, stdin, stdout, stderr } = process;
  // Whoever read our output has closed it (`clawback list | head`): there is nobody left to tell.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const { signal, signals } = onInterrupt();
  const surroundings = { argv: argv.slice(2), env, cwd: process.cwd(), stdin, stdout, stderr, signals };
  const code = await main(surroundings, signal);
  await Promise.all([written(stdout), written(stderr)]);
  // At once: a process that is left to end by itself takes no more signals long before it has ended, and one that comes then would
  // kill it as if its work had not been done.
  process.exit(code);
}

/** Resolves when everything that was printed has been taken. */
function written(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

/**
 * One run of the command line.
 *
 * @returns the exit code; never throws
 */
export async function main(surroundings: Surroundings, signal: AbortSignal): Promise<number> {
  try {
    return await parseCommandLine(surroundings, signal);
  } catch (thrown) {
    const error = signal.aborted
      ? new ClawbackError('ABORTED', 'interrupted', { cause: thrown })
      : describeError(thrown);
    if (error === null) return EXIT_DONE;
    reportError(error, surroundings);
    return EXIT_CODES[error.code];
  }
}

function reportError(error: ClawbackError, surroundings: Surroundings): void {
  const { argv, env, stdout, stderr } = surroundings;
  if (argv.includes('--json')) {
    const { code, message } = error;
    stdout.write(`${JSON.stringify({ error: { code, message, hint: hintOf(error) ?? null } }, null, 2)}\n`);
    return;
  }
  conversation(surroundings, { quiet: false, progress: undefined }).error(error.message, hintOf(error));
  if (env['CLAWBACK_DEBUG'] === '1') stderr.write(`${error.stack ?? ''}\n${String(error.cause)}\n`);
}
