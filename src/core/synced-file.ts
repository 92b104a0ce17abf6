import { type FileHandle, open } from 'node:fs/promises';
import { letGo } from './memory.ts';

/** Bytes gathered before a write: chunks of 64 KiB one by one would cost a system call each. */
const WRITE_BYTES = 1024 * 1024;

/** Written bytes after which the disk is told to begin with them: at the end there is less to wait for. 32 MiB. */
const SYNC_BYTES = 32 * 1024 * 1024;

/** A file that is written from its beginning to its end, and is on the disk when that has come. */
export class SyncedFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  /** What was gathered before is written while the next is. */
  #writing = Promise.resolve();
  #written = 0;
  #syncing = Promise.resolve();
  #begun = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Makes one that only this user can read. @throws the system's error, also if there is one already. */
  static async create(path: string): Promise<SyncedFile> {
    return new SyncedFile(await open(path, 'wx', 0o600));
  }

  /** @param piece is the file's from then on: its memory goes when it is written. @throws the system's error, if need be one of an earlier piece. */
  async write(piece: Buffer): Promise<void> {
    this.#gathered.push(piece);
    this.#gatheredBytes += piece.length;
    if (this.#gatheredBytes >= WRITE_BYTES) await this.#flush();
  }

  /** @returns how many bytes are on the disk now. */
  async end(): Promise<number> {
    await this.#flush();
    await this.#writing;
    // The system tells of a failed write once.
    await this.#syncing;
    await this.#file.sync();
    return this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #flush(): Promise<void> {
    await this.#writing;
    this.#writing = this.#writeOut(this.#gathered, this.#gatheredBytes);
    // Waited for before the next.
    this.#writing.catch(() => undefined);
    this.#gathered = [];
    this.#gatheredBytes = 0;
  }

  async #writeOut(pieces: readonly Buffer[], bytes: number): Promise<void> {
    let left = pieces;
    for (let at = 0; at < bytes;) {
      const { bytesWritten } = await this.#file.writev(left);
      at += bytesWritten;
      left = without(left, bytesWritten);
    }
    pieces.forEach(letGo);
    this.#written += bytes;
    if (this.#written - this.#begun < SYNC_BYTES) return;
    this.#begun = this.#written;
    const before = this.#syncing;
    this.#syncing = this.#file.datasync().then(() => before);
    // Waited for at the end.
    this.#syncing.catch(() => undefined);
  }
}

/** What is left of some pieces when so many bytes of them have been written. */
function without(pieces: readonly Buffer[], written: number): Buffer[] {
  let skip = written;
  return pieces.flatMap((piece) => {
    const skipped = Math.min(skip, piece.length);
    skip -= skipped;
    return skipped === piece.length ? [] : [piece.subarray(skipped)];
  });
}
