import type { Progress } from '../ports/progress.ts';
import { bars } from './progress-bar.ts';
import { progressLines } from './progress-lines.ts';
import { pageOf } from './page.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that is said on stderr: progress, what happens, warnings, errors. */
export interface Conversation {
  readonly progress: Progress;
  readonly say: (message: string) => void;
  readonly warn: (message: string) => void;
  readonly error: (message: string, hint: string | undefined) => void;
}

export interface ConversationOptions {
  readonly quiet: boolean;
  /** `json` streams NDJSON; undefined draws a bar on a terminal and is silent elsewhere. */
  readonly progress: 'json' | undefined;
}

export function conversation({ stderr, env }: Surroundings, { quiet, progress }: ConversationOptions): Conversation {
  const page = pageOf(stderr, env);
  const bar = bars(stderr, { visible: progress === undefined && !quiet && stderr.isTTY === true });
  const write = (message: string) => {
    bar.interrupt(`${page.styled('bold', 'clawback:')} ${message}\n`);
  };
  const mark = (style: 'red' | 'yellow' | 'cyan', word: string, message: string) => {
    write(`${page.styled(style, word)} ${message}`);
  };
  return {
    progress: progress === 'json' ? progressLines(stderr) : bar,
    say: (message) => {
      if (!quiet) write(message);
    },
    warn: (message) => {
      if (!quiet) mark('yellow', 'warning:', message);
    },
    error: (message, hint) => {
      mark('red', 'error:', message);
      if (hint !== undefined) mark('cyan', 'hint:', hint);
    },
  };
}
