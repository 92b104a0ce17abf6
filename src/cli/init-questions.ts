import { existsSync } from 'node:fs';
import type { Context } from '../commands/context.ts';
import type { InitOptions } from '../commands/init.ts';
import { instanceFrom, parseInstance } from '../core/config/instance.ts';
import { parseLocation } from '../core/config/location.ts';
import { locate } from '../core/openclaw/locate.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Asks for what the flags of `init` leave open.
 *
 * @throws ClawbackError `ABORTED` if the person gives up; nothing has been written then.
 */
export async function askForInit(
  options: InitOptions,
  context: Context,
  surroundings: Surroundings,
): Promise<InitOptions> {
  // A second init fails in any case; better before the questions than after.
  if (existsSync(context.paths.configFile)) return options;
  const prompts = await import('@clack/prompts');
  const streams = { input: surroundings.stdin, output: surroundings.stderr, signal: context.signal };
  const base = { home: context.host.home, directory: context.paths.workingDirectory };

  async function ask(message: string, initialValue: string, check: (text: string) => unknown): Promise<string> {
    const validate = (text: string | undefined) => complaintOf(() => check(text ?? ''));
    const answer = await prompts.text({ ...streams, message, initialValue, validate });
    if (prompts.isCancel(answer)) throw new ClawbackError('ABORTED', 'nothing was written');
    return answer;
  }

  prompts.intro('clawback init', streams);
  const found = await locate(context.host, options.stateDir).catch(() => null);
  const stateDir =
    options.stateDir ?? (await ask('Which state directory is to be backed up?', found?.stateDir ?? '', required));
  await locate(context.host, stateDir);
  const instance =
    options.instance ??
    (await ask('What is this installation called?', instanceFrom(context.host.hostname), parseInstance));
  const destinations =
    options.destinations.length > 0
      ? options.destinations
      : [await ask('Where do the snapshots go? (a URL or a path)', '', (text) => parseLocation(text, base))];
  prompts.outro('Thank you; that is all.', streams);
  return { ...options, stateDir, instance, destinations };
}

function required(text: string): void {
  if (text.trim() === '') throw new ClawbackError('USAGE', 'a path is needed');
}

function complaintOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof ClawbackError)) throw error;
    return error.hint === undefined ? error.message : `${error.message}: ${error.hint}`;
  }
}
