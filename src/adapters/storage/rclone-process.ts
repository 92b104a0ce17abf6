import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ClawbackError } from '../../ports/errors.ts';
import { rcloneError } from './rclone-errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Trying again is the caller's; a server that is silent for a minute is gone. */
const ALWAYS = [
  '--log-level',
  'ERROR',
  '--retries',
  '1',
  '--low-level-retries',
  '3',
  '--timeout',
  '60s',
  '--contimeout',
  '30s',
];

export interface RcloneRun {
  readonly words: readonly string[];
  readonly input?: Blob;
  readonly signal?: AbortSignal | undefined;
  /** What cannot be done if it fails, for the message. */
  readonly what: string;
}

/** The user's rclone, with the user's configuration. */
export class Rclone {
  readonly #binary: string;
  readonly #env: Environment;

  private constructor(binary: string, env: Environment) {
    this.#binary = binary;
    this.#env = env;
  }

  /**
   * @throws ClawbackError `CONFIG` if there is none on the PATH.
   */
  static async find(env: Environment): Promise<Rclone> {
    for (const directory of (env['PATH'] ?? '').split(delimiter)) {
      const binary = join(directory, 'rclone');
      const isThere = await access(binary, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (isThere) return new Rclone(binary, env);
    }
    throw new ClawbackError('CONFIG', 'rclone is not installed', {
      hint: 'install it (apt install rclone, or https://rclone.org/install/) and put it on the PATH',
    });
  }

  /** All that a run prints. */
  async ask(run: RcloneRun): Promise<string> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(run)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  }

  /** What a run prints, as it comes; leaving it early ends the run. */
  async *stream({ words, input, signal, what }: RcloneRun): AsyncGenerator<Uint8Array> {
    checkAborted(signal);
    const child = spawn(this.#binary, [...words, ...ALWAYS], { env: this.#env, stdio: ['pipe', 'pipe', 'pipe'] });
    // Killed, not asked to stop: on the end of its input it would store what it has got so far.
    const kill = (): boolean => child.kill('SIGKILL');
    signal?.addEventListener('abort', kill);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const closed = once(child, 'close') as Promise<[number | null]>;
    const failures: Error[] = [];
    const fed = pipeline(Readable.from(input === undefined ? [] : feeding(input, failures, kill)), child.stdin);
    // An rclone that fails closes its input; what it says then is the better reason.
    fed.catch(() => undefined);
    closed.catch(() => undefined);
    try {
      for await (const piece of child.stdout as AsyncIterable<Uint8Array>) yield piece;
      const [exit] = await closed;
      checkAborted(signal);
      const [failure] = failures;
      if (failure !== undefined) throw new ClawbackError('FAILED', `${what}: ${failure.message}`, { cause: failure });
      if (exit !== 0) throw rcloneError(exit, said, what);
    } finally {
      signal?.removeEventListener('abort', kill);
      if (child.exitCode === null) kill();
      await closed.catch(() => undefined);
    }
  }
}

async function* feeding(body: Blob, failures: Error[], kill: () => unknown): AsyncGenerator<Uint8Array> {
  try {
    yield* body.stream() as AsyncIterable<Uint8Array>;
  } catch (error) {
    failures.push(error as Error);
    kill();
    throw error;
  }
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new ClawbackError('ABORTED', 'interrupted');
}
