import { connect, type Socket } from 'node:net';
import type { Client, SFTPWrapper } from 'ssh2';
import { ClawbackError } from '../../ports/errors.ts';
import { algorithmsFor, hostKeyRefusal, knownKeysOf } from './host-key.ts';
import { findLogin, noKeyHint, type SftpHost } from './sftp-login.ts';

export interface SftpTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** A key file named in the location; null means the usual ones. */
  readonly identity: string | null;
  /** Milliseconds that the server may owe us an answer before it counts as gone. */
  readonly patience: number;
}

/** One logged in connection. Once it is lost every request of it has failed with `UNAVAILABLE`, and a new one is needed. */
export class SftpSession {
  readonly #sftp: SFTPWrapper;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #waiting = new Set<(error: Error) => void>();
  #lost: Error | null = null;

  constructor({ sftp, client, socket }: { sftp: SFTPWrapper; client: Client; socket: Socket }) {
    this.#sftp = sftp;
    this.#client = client;
    this.#socket = socket;
    const lose = (error?: Error): void => {
      this.#lose(error ?? gone('the connection was closed'));
    };
    client.on('error', lose).on('close', () => {
      lose();
    });
    // A server owes an answer only while we wait for one: a slow reader of ours is no fault of its.
    socket.on('timeout', () => {
      if (this.#waiting.size > 0) this.#lose(gone('the server went silent'));
    });
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** One request: `start` sends it and passes its callback on. An aborted request may still be carried out. */
  call<T>(
    start: (sftp: SFTPWrapper, done: (error: Error | undefined | null, value?: T) => void) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const fail = (error: Error): void => {
        this.#waiting.delete(fail);
        signal?.removeEventListener('abort', abort);
        reject(error);
      };
      const abort = (): void => {
        fail(new ClawbackError('ABORTED', 'interrupted'));
      };
      if (this.#lost !== null || signal?.aborted === true) {
        reject(this.#lost ?? new ClawbackError('ABORTED', 'interrupted'));
        return;
      }
      this.#waiting.add(fail);
      signal?.addEventListener('abort', abort);
      start(this.#sftp, (error, value) => {
        // What is left unanswered when a connection breaks gets an error without a status.
        if (error) fail('code' in error ? error : gone(error.message));
        else {
          this.#waiting.delete(fail);
          signal?.removeEventListener('abort', abort);
          resolve(value as T);
        }
      });
    });
  }

  /** Whether the process lives on because of this connection. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.ref();
    else this.#socket.unref();
  }

  close(): void {
    this.#client.end();
  }

  #lose(error: Error): void {
    this.#lost ??= error instanceof ClawbackError ? error : gone(error.message, error);
    for (const fail of this.#waiting) fail(this.#lost);
    this.#socket.destroy();
  }
}

/**
 * Connects and logs in. The key that the host shows must stand in a `known_hosts` file already: whoever took an unknown one
 * would hand the snapshots, and the right to write there, to whoever answers.
 *
 * @throws ClawbackError `DENIED` if the host or we are not who is expected; `UNAVAILABLE` if nobody answers.
 */
export async function openSession(target: SftpTarget, from: SftpHost): Promise<SftpSession> {
  const { default: ssh2 } = await import('ssh2');
  const { host, port, username, patience } = target;
  const login = await findLogin(username, target.identity, from);
  const known = await knownKeysOf(target, from.home);
  const client = new ssh2.Client();
  // Without noDelay every request waits 40 ms for the answer to the one before (mscdex/ssh2 sets it nowhere).
  const socket = connect({ host, port, noDelay: true, timeout: patience });
  const refusals: ClawbackError[] = [];
  try {
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      socket.on('error', reject).on('timeout', () => {
        reject(gone('the server does not answer'));
      });
      client.on('error', (error: Error & { level?: string }) => {
        // An ssh-agent that is gone is no reason not to try the keys.
        if (error.level !== 'agent') reject(error);
      });
      client.on('close', () => {
        reject(gone('the server closed the connection'));
      });
      client.on('ready', () => {
        client.sftp((error, opened) => {
          if (error === undefined) resolve(opened);
          else reject(new ClawbackError('DENIED', `${host} lets ${username} in, but not to SFTP`, { cause: error }));
        });
      });
      client.connect({
        sock: socket,
        username,
        authHandler: login.methods,
        readyTimeout: patience,
        algorithms: { serverHostKey: algorithmsFor(known) },
        hostVerifier: (key: Buffer) => {
          const refusal = hostKeyRefusal(key, known, target);
          if (refusal !== null) refusals.push(refusal);
          return refusal === null;
        },
      });
    });
    return new SftpSession({ sftp, client, socket });
  } catch (error) {
    socket.destroy();
    throw refusals[0] ?? loginError(error, target, login.unusable);
  }
}

function loginError(error: unknown, { host, port, username }: SftpTarget, unusable: readonly string[]): ClawbackError {
  if (error instanceof ClawbackError) return error;
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  if (level === 'client-authentication') {
    return new ClawbackError('DENIED', `${host} does not let ${username} in`, {
      cause: error,
      hint: noKeyHint(unusable),
    });
  }
  return gone(`cannot reach ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`, error);
}

function gone(message: string, cause?: unknown): ClawbackError {
  return new ClawbackError('UNAVAILABLE', message, {
    cause,
    hint: 'see whether the server runs and the network reaches it',
  });
}
