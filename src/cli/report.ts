import { CommanderError } from 'commander';
import { ClawbackError, type ErrorCode } from '../ports/errors.ts';

/** Any failure as one of ours; null for what commander throws after it has shown the help or the version. */
export function describeError(thrown: unknown): ClawbackError | null {
  if (thrown instanceof ClawbackError) return thrown;
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? null : usageError(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ClawbackError('FAILED', message, {
    hint: 'this looks like a defect of Clawback: run again with CLAWBACK_DEBUG=1 and report what it prints',
    cause: thrown,
  });
}

/** For errors that say the same wherever they come from. */
const USUAL_HINTS: Partial<Record<ErrorCode, string>> = {
  INTEGRITY: 'use another snapshot or destination; clawback verify --all says which are whole',
  ABORTED: 'run the command again: it starts afresh',
};

/** The second line of an error: what to do about it. */
export function hintOf({ code, hint }: ClawbackError): string | undefined {
  return hint ?? USUAL_HINTS[code];
}

/** Commander says `error: unknown option '--foo'`, and on a second line what it thinks was meant. */
function usageError({ code, message }: CommanderError): ClawbackError {
  if (code === 'commander.help') {
    return new ClawbackError('USAGE', 'no command is given', { hint: 'see clawback --help' });
  }
  const [what = '', meant] = message.replace(/^error: /, '').split('\n');
  const guess = meant === undefined ? undefined : /^\(Did you mean (.*)\?\)$/.exec(meant)?.[1];
  return new ClawbackError('USAGE', what, {
    hint: guess === undefined ? 'see clawback --help, and --help after any command' : `did you mean ${guess}?`,
  });
}
