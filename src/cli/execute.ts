import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { Context } from '../commands/context.ts';
import { conversation } from './conversation.ts';
import { EXIT_DONE } from './exit.ts';
import { pageOf, type Page } from './page.ts';
import { keepNurserySmall } from './small-nursery.ts';
import type { Surroundings } from './surroundings.ts';

/** A command, loaded and given its options: what to run, how to show the result, what exit code it means. */
export interface Task<Result> {
  run(context: Context): Promise<Result>;
  /** The result for people, ending in a line end; bytes go out as they are. */
  render(result: Result, page: Page): string | AsyncIterable<Uint8Array>;
  /** What `--json` prints; default: the result itself. */
  json?(result: Result): unknown;
  /** Default: 0. */
  exitCode?(result: Result): number;
  /** True for one that reads or writes a whole snapshot, which has entries by the ten thousands. */
  readonly handlesSnapshot?: boolean;
  /** False for the command that makes the config. */
  readonly readsConfig?: boolean;
  /** Ends what was started while the command was loaded; called last, also if it could not be run. */
  end?(): Promise<void>;
}

/** Options that every command takes. */
export interface CommonFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly progress?: 'json';
}

/** Runs a command's task; the import inside it happens only now, so that help loads none of them. */
export type Execute = <Result>(
  command: Command,
  load: (surroundings: Surroundings) => Promise<Task<Result>>,
) => Promise<void>;

export function executor(surroundings: Surroundings, signal: AbortSignal, done: (exitCode: number) => void): Execute {
  return async (command, load) => {
    const flags = command.optsWithGlobals<CommonFlags>();
    const talk = conversation(surroundings, { quiet: flags.quiet === true, progress: flags.progress });
    const [{ makeContext }, task] = await Promise.all([import('./context.ts'), load(surroundings)]);
    try {
      const request = { configFile: flags.config, readConfig: task.readsConfig !== false, signal };
      const context = await makeContext(request, surroundings, talk);
      // Not before: what a program is loaded from is garbage.
      if (task.handlesSnapshot === true) keepNurserySmall();
      const result = await task.run(context);
      await (flags.json === true ? printJson(result, task, surroundings) : print(result, task, surroundings));
      done(task.exitCode?.(result) ?? EXIT_DONE);
    } finally {
      await task.end?.();
    }
  };
}

async function printJson<Result>(result: Result, task: Task<Result>, { stdout }: Surroundings): Promise<void> {
  const document = task.json === undefined ? result : await task.json(result);
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

async function print<Result>(result: Result, task: Task<Result>, { stdout, env }: Surroundings): Promise<void> {
  const answer = task.render(result, pageOf(stdout, env));
  if (typeof answer === 'string') stdout.write(answer);
  else await pipeline(answer, stdout, { end: false });
}
