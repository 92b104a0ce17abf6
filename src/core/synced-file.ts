import { type FileHandle, open } from 'node:fs/promises';

/** Bytes gathered before a write: chunks of 64 KiB one by one would cost a system call each. */
const WRITE_BYTES = 1024 * 1024;

/** Written bytes after which the disk is told to begin with them: at the end there is less to wait for. 32 MiB. */
const SYNC_BYTES = 32 * 1024 * 1024;

/** A file that is written from its beginning to its end, and is on the disk when that has come. */
export class SyncedFile implements AsyncDisposable {
  readonly #file: FileHandle;
  /** What is being filled, while the other one is being written. */
  #gathered = Buffer.allocUnsafe(WRITE_BYTES);
  #other = Buffer.allocUnsafe(WRITE_BYTES);
  #filled = 0;
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

  /** @param piece need not outlive the promise. @throws the system's error, if need be one of an earlier piece. */
  async write(piece: Buffer): Promise<void> {
    for (let used = 0; used < piece.length;) {
      const taken = piece.copy(this.#gathered, this.#filled, used);
      used += taken;
      this.#filled += taken;
      if (this.#filled === WRITE_BYTES) await this.#flush();
    }
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
    this.#writing = this.#writeOut(this.#gathered.subarray(0, this.#filled));
    // Waited for before the next.
    this.#writing.catch(() => undefined);
    [this.#gathered, this.#other] = [this.#other, this.#gathered];
    this.#filled = 0;
  }

  async #writeOut(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) at += (await this.#file.write(bytes, at, bytes.length - at)).bytesWritten;
    this.#written += bytes.length;
    if (this.#written - this.#begun < SYNC_BYTES) return;
    this.#begun = this.#written;
    const before = this.#syncing;
    this.#syncing = this.#file.datasync().then(() => before);
    // Waited for at the end.
    this.#syncing.catch(() => undefined);
  }
}
