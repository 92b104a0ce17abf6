import { ClawbackError } from '../ports/errors.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The passphrase of an identity file: `CLAWBACK_PASSPHRASE`, else a question on the terminal.
 *
 * @throws ClawbackError `NO_IDENTITY` where nobody can be asked; `ABORTED` if the person gives up.
 */
export async function passphrase({ env, stdin, stderr }: Surroundings, signal: AbortSignal): Promise<string> {
  const given = env['CLAWBACK_PASSPHRASE'];
  if (given !== undefined && given !== '') return given;
  if (stdin.isTTY !== true || stderr.isTTY !== true) {
    throw new ClawbackError(
      'NO_IDENTITY',
      'the identity file is sealed with a passphrase, and nobody can be asked for it',
      {
        hint: 'set CLAWBACK_PASSPHRASE, or run in a terminal',
      },
    );
  }
  const { password, isCancel } = await import('@clack/prompts');
  const answer = await password({ message: 'Passphrase of the identity file', input: stdin, output: stderr, signal });
  if (isCancel(answer)) throw new ClawbackError('ABORTED', 'no passphrase was given');
  return answer;
}
