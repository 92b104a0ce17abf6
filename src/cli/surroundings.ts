import type { Readable, Writable } from 'node:stream';
import type { Signals } from '../ports/signals.ts';

/** What the process was started with: the only way in for the environment, the terminal and signals. */
export interface Surroundings {
  /** The words after `clawback`. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly signals: Signals;
}

export type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };
