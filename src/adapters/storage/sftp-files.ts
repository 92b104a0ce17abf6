import type { Attributes, FileEntryWithStats } from 'ssh2';
import { ClawbackError } from '../../ports/errors.ts';
import { isStatus, STATUS } from './sftp-errors.ts';
import type { SftpSession } from './sftp-session.ts';

/** What is asked of the file system of a server, one request each. Errors carry the status of the protocol. */
export class SftpFiles {
  readonly session: SftpSession;
  readonly signal: AbortSignal | undefined;

  constructor(session: SftpSession, signal?: AbortSignal) {
    this.session = session;
    this.signal = signal;
  }

  /** Opens a file to read, or makes a new private one to write. */
  open(path: string, mode: 'r' | 'wx'): Promise<Buffer> {
    return this.session.call((sftp, done) => {
      sftp.open(path, mode, mode === 'wx' ? 0o600 : 0, done);
    }, this.signal);
  }

  /** Also after an abort: the server keeps few handles. */
  async close(handle: Buffer): Promise<void> {
    await this.session.call<undefined>((sftp, done) => {
      sftp.close(handle, done);
    });
  }

  /** Size and times of an open file. */
  facts(handle: Buffer): Promise<Attributes> {
    return this.session.call((sftp, done) => {
      sftp.fstat(handle, done);
    }, this.signal);
  }

  /** What is at `path`, or null if nothing is. */
  async find(path: string): Promise<FileEntryWithStats['attrs'] | null> {
    try {
      return await this.session.call((sftp, done) => {
        sftp.stat(path, done);
      }, this.signal);
    } catch (error) {
      if (isStatus(error, STATUS.NO_SUCH_FILE)) return null;
      throw error;
    }
  }

  /** What is in a directory; nothing if there is none. */
  async list(path: string): Promise<FileEntryWithStats[]> {
    try {
      return await this.session.call((sftp, done) => {
        sftp.readdir(path, done);
      }, this.signal);
    } catch (error) {
      if (isStatus(error, STATUS.NO_SUCH_FILE)) return [];
      throw error;
    }
  }

  /** Makes a directory; that it is there already is no error. */
  async makeDirectory(path: string): Promise<void> {
    try {
      await this.session.call<undefined>((sftp, done) => {
        sftp.mkdir(path, { mode: 0o700 }, done);
      }, this.signal);
    } catch (error) {
      const found = isStatus(error, STATUS.FAILURE) ? await this.find(path) : null;
      if (found?.isDirectory() !== true) throw error;
    }
  }

  /** Removes a directory; false if that cannot be, because something is in it, or it is gone. */
  async removeDirectory(path: string): Promise<boolean> {
    try {
      await this.session.call<undefined>((sftp, done) => {
        sftp.rmdir(path, done);
      }, this.signal);
      return true;
    } catch (error) {
      if (isStatus(error, STATUS.FAILURE) || isStatus(error, STATUS.NO_SUCH_FILE)) return false;
      throw error;
    }
  }

  /** Makes the bytes of an open file survive a power failure, where the server knows how. */
  async sync(handle: Buffer): Promise<void> {
    await this.session.call<undefined>((sftp, done) => {
      try {
        sftp.ext_openssh_fsync(handle, done);
      } catch {
        done(null);
      }
    }, this.signal);
  }

  /** Gives a file another name, which nothing may have: SFTP's own rename does not overwrite. */
  async rename(path: string, other: string): Promise<void> {
    await this.session.call<undefined>((sftp, done) => {
      sftp.rename(path, other, done);
    }, this.signal);
  }

  /** Also after an abort: it cleans up. */
  async unlink(path: string): Promise<void> {
    await this.session.call<undefined>((sftp, done) => {
      sftp.unlink(path, done);
    });
  }

  /** SFTP has one status for all that went wrong: asks the server's file system what it was. */
  async explain(error: unknown, root: string): Promise<unknown> {
    if (!isStatus(error, STATUS.FAILURE)) return error;
    const volume = await this.#volume(root).catch(() => null);
    if (volume === null) return error;
    if ((volume.f_flag & READ_ONLY) !== 0) {
      return new ClawbackError('DENIED', 'the file system there is read-only', { cause: error });
    }
    if (volume.f_bavail > FULL_BLOCKS && volume.f_favail > 0) return error;
    return new ClawbackError('NO_SPACE', 'the disk there is full', {
      cause: error,
      hint: 'free some space there, or let `clawback prune` do it',
    });
  }

  #volume(path: string): Promise<Volume> {
    return this.session.call((sftp, done) => {
      try {
        sftp.ext_openssh_statvfs(path, done);
      } catch (error) {
        done(error as Error);
      }
    });
  }
}

/** Fields of statvfs(3). */
interface Volume {
  readonly f_flag: number;
  /** Free blocks and files. */
  readonly f_bavail: number;
  readonly f_favail: number;
}

const READ_ONLY = 1;
/** A disk with fewer blocks than a request has is as good as full. */
const FULL_BLOCKS = 32;
