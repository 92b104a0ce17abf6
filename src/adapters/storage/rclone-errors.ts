import { ClawbackError, type StorageErrorCode } from '../../ports/errors.ts';

/** Exit codes of rclone (https://rclone.org/docs/#list-of-exit-codes). */
export const NOT_FOUND_EXITS: readonly (number | null)[] = [3, 4];
const RETRY_EXIT = 5;

/** What rclone and the services behind it say, for which it has no exit code. */
const MESSAGES: readonly (readonly [said: RegExp, code: StorageErrorCode, hint: string])[] = [
  [
    /didn't find section in config file/i,
    'FAILED',
    'rclone listremotes shows what there is; rclone config makes a remote',
  ],
  [/unknown command|unknown flag/i, 'FAILED', 'this rclone is too old: Clawback needs 1.60 or newer'],
  [/no space left|quota ?exceeded|insufficient storage|disk quota/i, 'NO_SPACE', 'free some space there'],
  [
    /permission denied|access ?denied|forbidden|unauthorized|unable to authenticate|invalid_grant|read-only file system|\b40[13]\b/i,
    'DENIED',
    'see whether rclone itself may write there: rclone touch REMOTE:PATH/test',
  ],
  [
    /connection re(fused|set)|no such host|timeout|no route to host|network is unreachable|unexpected EOF|broken pipe|\b(429|50[0234])\b/i,
    'UNAVAILABLE',
    'see whether rclone itself reaches it: rclone lsd REMOTE:',
  ],
];

/** What a failed run of rclone means to the storage contract. */
export function rcloneError(exit: number | null, said: string, what: string): ClawbackError {
  const reason = lastWords(said);
  const known = MESSAGES.find(([pattern]) => pattern.test(reason));
  const [code, hint] =
    known === undefined
      ? ([
          NOT_FOUND_EXITS.includes(exit) ? 'NOT_FOUND' : exit === RETRY_EXIT ? 'UNAVAILABLE' : 'FAILED',
          undefined,
        ] as const)
      : ([known[1], known[2]] as const);
  return new ClawbackError(code, `${what}: ${reason}`, hint === undefined ? {} : { hint });
}

/** The last line, without its time and without the queries of URLs, which can hold signatures. */
function lastWords(said: string): string {
  const last = said.trim().split('\n').at(-1) ?? '';
  const words = last.replace(/^\d{4}\/\d\d\/\d\d [\d:]{8} /, '').replace(/(https?:\/\/[^\s?"]+)\?[^\s"]*/g, '$1');
  return words === '' ? 'rclone says nothing' : words;
}
