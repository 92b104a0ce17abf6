import { EXIT_INTERRUPTED } from './exit.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** The command has ended: a signal that comes from now on ends the process with the exit code that is set. */
  finish(): void;
}

/** The first Ctrl-C (or SIGTERM) asks the command to stop and clean up; the second ends the process at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  let isFinished = false;
  const listener = () => {
    if (isFinished) process.exit();
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  // They stay: without them, what comes while the process ends would kill it, and a run that is done would look as if it were not.
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    finish: () => {
      isFinished = true;
    },
  };
}
