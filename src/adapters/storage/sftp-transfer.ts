import { ClawbackError } from '../../ports/errors.ts';
import type { SftpSession } from './sftp-session.ts';

/**
 * Bytes of one request, and how many are under way at once. OpenSSH takes up to 255 KiB a request, and its window is 2 MiB:
 * with that much in flight a line with 50 ms to and fro still carries 40 MB/s.
 */
const PIECE_BYTES = 128 * 1024;
const IN_FLIGHT = 16;

export interface Transfer {
  readonly session: SftpSession;
  readonly handle: Buffer;
  readonly signal: AbortSignal | undefined;
}

/** Writes a whole body from the start of an open file. */
export async function writeAll(body: Blob, { session, handle, signal }: Transfer): Promise<void> {
  const flying: Promise<void>[] = [];
  const write = (bytes: Buffer, position: number): Promise<void> =>
    session.call<undefined>((sftp, done) => {
      sftp.write(handle, bytes, 0, bytes.length, position, (error) => {
        done(error);
      });
    }, signal);
  let position = 0;
  try {
    for await (const piece of body.stream() as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      for (let at = 0; at < piece.length; at += PIECE_BYTES) {
        const bytes = Buffer.from(piece.buffer, piece.byteOffset + at, Math.min(PIECE_BYTES, piece.length - at));
        flying.push(write(bytes, position));
        position += bytes.length;
        if (flying.length >= IN_FLIGHT) await flying.shift();
      }
    }
    await Promise.all(flying);
  } finally {
    await Promise.allSettled(flying);
  }
}

/**
 * Reads a range that lies within an open file.
 *
 * @throws ClawbackError `FAILED` if the file ends before the range does.
 */
export async function* readRange(
  { session, handle, signal }: Transfer,
  { start, end }: { readonly start: number; readonly end: number },
): AsyncGenerator<Uint8Array> {
  const read = async (from: number, length: number): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(length);
    for (let got = 0; got < length;) {
      const more = await session.call<number>((sftp, done) => {
        sftp.read(handle, bytes, got, length - got, from + got, done);
      }, signal);
      if (more === 0) throw new ClawbackError('FAILED', 'the object became shorter while it was read');
      got += more;
    }
    return bytes;
  };
  const flying: Promise<Buffer>[] = [];
  try {
    for (let at = start; at < end || flying.length > 0;) {
      while (at < end && flying.length < IN_FLIGHT) {
        const length = Math.min(PIECE_BYTES, end - at);
        flying.push(read(at, length));
        at += length;
      }
      const next = await flying.shift();
      if (next !== undefined) yield next;
    }
  } finally {
    await Promise.allSettled(flying);
  }
}
