import type { SftpHost } from './sftp-login.ts';
import { openSession, type SftpSession, type SftpTarget } from './sftp-session.ts';

/** Milliseconds without a request after which the server need not keep a connection for us. */
const IDLE_MS = 10_000;

/** The use of a session; disposing lets others close it, and the process end. */
export interface Lease extends Disposable {
  readonly session: SftpSession;
}

/** One session for all requests to a server: made at the first, made again after a loss, closed when nobody uses it. */
export class SftpConnection {
  readonly #target: SftpTarget;
  readonly #from: SftpHost;
  #opening: Promise<SftpSession> | null = null;
  #leases = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(target: SftpTarget, from: SftpHost) {
    this.#target = target;
    this.#from = from;
  }

  /**
   * @throws ClawbackError `DENIED` or `UNAVAILABLE`; the next lease tries again.
   */
  async lease(): Promise<Lease> {
    clearTimeout(this.#idle);
    this.#leases += 1;
    try {
      const session = await this.#session();
      session.hold(true);
      return {
        session,
        [Symbol.dispose]: () => {
          this.#release(session);
        },
      };
    } catch (error) {
      this.#leases -= 1;
      throw error;
    }
  }

  async #session(): Promise<SftpSession> {
    const opening = (this.#opening ??= openSession(this.#target, this.#from));
    const session = await opening.catch((error: unknown) => {
      if (this.#opening === opening) this.#opening = null;
      throw error;
    });
    if (!session.isLost) return session;
    if (this.#opening === opening) this.#opening = null;
    return this.#session();
  }

  #release(session: SftpSession): void {
    this.#leases -= 1;
    if (this.#leases > 0) return;
    session.hold(false);
    this.#idle = setTimeout(() => {
      this.#opening = null;
      session.close();
    }, IDLE_MS).unref();
  }
}
