import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { ClawbackError, systemCode } from '../ports/errors.ts';
import type { ChildStarter } from '../ports/child.ts';

/**
 * @param onTerminal true if standard input is a terminal, whose Ctrl-C reaches the child by itself; elsewhere it gets a process group
 *   of its own, so that all of it can be ended.
 */
export function childStarter(onTerminal: boolean): ChildStarter {
  return {
    async start([program = '', ...words], env) {
      const child = spawn(program, words, { env, stdio: 'inherit', detached: !onTerminal });
      const ended = once(child, 'exit').then(([code, name]) => exitCode(code as number | null, name as NodeJS.Signals));
      ended.catch(() => undefined);
      await once(child, 'spawn').catch((cause: unknown) => {
        throw cannotStart(program, cause);
      });
      const { pid } = child;
      return {
        ended,
        signal: (name) => {
          child.kill(name);
        },
        kill: () => {
          if (onTerminal || pid === undefined) child.kill('SIGKILL');
          else killGroup(pid);
        },
      };
    },
  };
}

function exitCode(code: number | null, name: NodeJS.Signals | null): number {
  return code ?? 128 + (name === null ? 0 : constants.signals[name]);
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // All of it is gone.
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}

function cannotStart(program: string, cause: unknown): ClawbackError {
  if (systemCode(cause) === 'ENOENT') {
    return new ClawbackError('NOT_FOUND', `there is no command ${program}`, { hint: 'check its name and PATH', cause });
  }
  return new ClawbackError('FAILED', `cannot start ${program}: ${systemCode(cause) ?? String(cause)}`, { cause });
}
