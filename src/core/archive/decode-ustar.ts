import { ClawbackError } from '../../ports/errors.ts';
import { BLOCK_BYTES } from './tar-block.ts';

/** What one block of header says, as far as a reader needs it: everything else of an entry stands in the manifest. */
export interface UstarBlock {
  /** `pax`: values for the next block follow. */
  readonly type: 'file' | 'directory' | 'symlink' | 'pax';
  /** As it stands there. */
  readonly path: string;
  readonly size: number;
  readonly target: string;
}

const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const SPACE = 0x20;
const ZERO = 0x30;

const TYPES: Readonly<Record<string, UstarBlock['type']>> = {
  '\0': 'file',
  '0': 'file',
  '2': 'symlink',
  '5': 'directory',
  x: 'pax',
};

/**
 * Reads the header block at an offset; node-tar's own reader takes as long for one as writing a small file does.
 *
 * @returns null for a block of zeros, with which a tar ends
 * @throws ClawbackError `INTEGRITY` at a wrong checksum, and at any type that Clawback does not write
 */
export function decodeUstar(bytes: Buffer, at: number): UstarBlock | null {
  let sum = 0;
  for (let index = at; index < at + BLOCK_BYTES; index++) sum += bytes[index] ?? 0;
  if (sum === 0) return null;
  // The checksum itself counts as spaces.
  for (let index = 0; index < CHECKSUM_BYTES; index++) sum += SPACE - (bytes[at + CHECKSUM_AT + index] ?? 0);
  if (numberAt(bytes, at + CHECKSUM_AT, CHECKSUM_BYTES) !== sum) throw notOurs('a header has a wrong checksum');
  const name = textAt(bytes, at, 100);
  const prefix = textAt(bytes, at + 345, 155);
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const flag = String.fromCharCode(bytes[at + 156] ?? 0);
  const type = TYPES[flag];
  if (type === undefined)
    throw notOurs(`it holds an entry of type ${JSON.stringify(flag)} (${path}), which no snapshot has`);
  return { type, path, size: numberAt(bytes, at + 124, 12), target: textAt(bytes, at + 157, 100) };
}

/** Text up to a zero byte or the end of its field. */
function textAt(bytes: Buffer, at: number, length: number): string {
  if (bytes[at] === 0) return '';
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end < 0 || end > at + length ? at + length : end);
}

/** Octal digits up to a space or a zero byte; what they cannot say is binary. NaN if it is neither. */
function numberAt(bytes: Buffer, at: number, length: number): number {
  const end = at + length;
  let value = 0;
  if (((bytes[at] ?? 0) & 0x80) !== 0) {
    if (bytes[at] !== 0x80) return NaN;
    for (let index = at + 1; index < end; index++) value = value * 256 + (bytes[index] ?? 0);
    return value;
  }
  let index = at;
  while (index < end && bytes[index] === SPACE) index++;
  for (; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === 0 || byte === SPACE) break;
    if (byte < ZERO || byte > ZERO + 7) return NaN;
    value = value * 8 + byte - ZERO;
  }
  return value;
}

/** The archive is none that Clawback wrote. */
export function notOurs(why: string): ClawbackError {
  return new ClawbackError('INTEGRITY', `the archive is not one of ours: ${why}`);
}
