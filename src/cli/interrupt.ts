import type { SignalName, Signals } from '../ports/signals.ts';
import { EXIT_INTERRUPTED } from './exit.ts';

const INTERRUPTING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  readonly signals: Signals;
}

/** The first Ctrl-C (or SIGTERM) asks the command to stop and clean up; the second ends the process at once. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(EXIT_INTERRUPTED);
    controller.abort();
  };
  const takers = new Map<SignalName, (name: SignalName) => void>();
  for (const name of INTERRUPTING) {
    process.on(name, () => {
      (takers.get(name) ?? interrupt)(name);
    });
  }
  return {
    signal: controller.signal,
    signals: {
      take(names, listener) {
        const others = names.filter((name) => !INTERRUPTING.some((own) => own === name));
        for (const name of names) takers.set(name, listener);
        for (const name of others) process.on(name, listener);
        return {
          [Symbol.dispose]() {
            for (const name of names) takers.delete(name);
            for (const name of others) process.off(name, listener);
          },
        };
      },
    },
  };
}
