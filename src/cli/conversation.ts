import type { Progress } from '../ports/progress.ts';
import { bars } from './progress-bar.ts';
import { progressLines } from './progress-lines.ts';
import { pageOf } from './page.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that is said on stderr: progress, warnings, errors. */
export interface Conversation {
  readonly progress: Progress;
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
  const say = (style: 'red' | 'yellow' | 'cyan', word: string, message: string) => {
    bar.interrupt(`${page.styled('bold', 'clawback:')} ${page.styled(style, word)} ${message}\n`);
  };
  return {
    progress: progress === 'json' ? progressLines(stderr) : bar,
    warn: (message) => {
      if (!quiet) say('yellow', 'warning:', message);
    },
    error: (message, hint) => {
      say('red', 'error:', message);
      if (hint !== undefined) say('cyan', 'hint:', hint);
    },
  };
}
