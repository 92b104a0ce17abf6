import { ClawbackError } from '../../ports/errors.ts';
import { collect, type ByteSource } from './source.ts';

/**
 * The seek table of the zstd seekable format: a skippable frame at the end that lists the size of every frame before it
 * (https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md). Stock zstd skips
 * it. No frame checksums: age has authenticated every byte already.
 */
export interface Frame {
  /** Where the frame starts among the compressed bytes, and its length. */
  readonly start: number;
  readonly length: number;
  /** Where its content starts in the tar, and its size. */
  readonly tarStart: number;
  readonly tarLength: number;
}

export const FRAME_TAR_BYTES = 4 * 1024 * 1024;

const SKIPPABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const HEADER_BYTES = 8;
const FOOTER_BYTES = 9;
const ENTRY_BYTES = 8;
const CHECKSUM_FLAG = 0x80;
const MAX_FRAMES = 0x8000000;

export function encodeSeekTable(frames: readonly Pick<Frame, 'length' | 'tarLength'>[]): Buffer {
  const body = frames.length * ENTRY_BYTES + FOOTER_BYTES;
  const table = Buffer.alloc(HEADER_BYTES + body);
  table.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  table.writeUInt32LE(body, 4);
  frames.forEach((frame, index) => {
    table.writeUInt32LE(frame.length, HEADER_BYTES + index * ENTRY_BYTES);
    table.writeUInt32LE(frame.tarLength, HEADER_BYTES + index * ENTRY_BYTES + 4);
  });
  const footer = table.length - FOOTER_BYTES;
  table.writeUInt32LE(frames.length, footer);
  table[footer + 4] = 0;
  table.writeUInt32LE(SEEKABLE_MAGIC, footer + 5);
  return table;
}

/**
 * The frames that a seek table at the end of `compressed` lists; null if there is none (repacked by stock tools), or if
 * its frames are larger than ours ever are, so that the caller reads from the start in constant memory instead.
 *
 * @throws ClawbackError `INTEGRITY` if there is one and it does not describe these bytes.
 */
export async function readSeekTable(compressed: ByteSource & { readonly size: number }): Promise<Frame[] | null> {
  const { size } = compressed;
  if (size < HEADER_BYTES + FOOTER_BYTES) return null;
  const footer = await collect(compressed.read(size - FOOTER_BYTES, size), FOOTER_BYTES);
  if (footer.readUInt32LE(5) !== SEEKABLE_MAGIC) return null;
  const count = footer.readUInt32LE(0);
  const hasChecksums = (footer.readUInt8(4) & CHECKSUM_FLAG) !== 0;
  const entryBytes = ENTRY_BYTES + (hasChecksums ? 4 : 0);
  const tableBytes = HEADER_BYTES + count * entryBytes + FOOTER_BYTES;
  if (count > MAX_FRAMES || tableBytes > size) throw wrongTable();
  const table = await collect(compressed.read(size - tableBytes, size), tableBytes);
  if (table.readUInt32LE(0) !== SKIPPABLE_MAGIC || table.readUInt32LE(4) !== tableBytes - HEADER_BYTES)
    throw wrongTable();

  const frames: Frame[] = [];
  let start = 0;
  let tarStart = 0;
  for (let index = 0; index < count; index++) {
    const at = HEADER_BYTES + index * entryBytes;
    const frame = { start, length: table.readUInt32LE(at), tarStart, tarLength: table.readUInt32LE(at + 4) };
    if (frame.tarLength > FRAME_TAR_BYTES) return null;
    frames.push(frame);
    start += frame.length;
    tarStart += frame.tarLength;
  }
  if (start !== size - tableBytes) throw wrongTable();
  return frames;
}

function wrongTable(): ClawbackError {
  return new ClawbackError('INTEGRITY', 'the seek table does not describe this snapshot');
}
