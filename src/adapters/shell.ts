import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { systemCode } from '../ports/errors.ts';
import type { Shell, ShellEnd } from '../ports/shell.ts';

/** Milliseconds between asking a command to end and ending it. */
const PATIENCE = 5000;

/**
 * `/bin/sh -c`, in a process group of its own: Ctrl-C on the terminal reaches it only through the signal, so that what starts
 * something again is not stopped by the same key.
 *
 * @param usual the environment of every command
 */
export function posixShell(usual: Readonly<Record<string, string | undefined>>): Shell {
  return {
    async run(command, { env, timeout, signal }) {
      if (signal.aborted) return { kind: 'interrupted' };
      const child = spawn('/bin/sh', ['-c', command], {
        env: { ...usual, ...env },
        detached: true,
        stdio: ['ignore', 2, 2],
      });
      const ended = once(child, 'exit');
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
      const onLimit = (): void => {
        endGroup(child.pid, 'SIGTERM');
        setTimeout(() => {
          endGroup(child.pid, 'SIGKILL');
        }, PATIENCE).unref();
      };
      limit.addEventListener('abort', onLimit, { once: true });
      const [code, name] = (await ended) as [number | null, NodeJS.Signals | null];
      limit.removeEventListener('abort', onLimit);
      return howEnded(limit, signal, code ?? 128 + (name === null ? 0 : constants.signals[name]));
    },
  };
}

function howEnded(limit: AbortSignal, signal: AbortSignal, code: number): ShellEnd {
  if (code === 0 || !limit.aborted) return { kind: 'exited', code };
  return { kind: signal.aborted ? 'interrupted' : 'timed out' };
}

function endGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
