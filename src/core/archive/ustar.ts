import type { TarHeader } from './tar.ts';

/** Size of a header block, and the longest path and link target that stand in it whole. */
const BLOCK_BYTES = 512;
const MAX_NAME = 99;

/** Largest numbers of the fields of 8 and of 12 bytes. */
const MAX_SHORT = 0o7777777;
const MAX_LONG = 0o77777777777;

const TYPE_FLAGS = { file: 0x30, directory: 0x35, symlink: 0x32 } as const;
const ASCII = /^[\0-\x7f]*$/;
const MAGIC = Buffer.from('ustar\x0000');
const SPACE = 0x20;
const ZERO = 0x30;

/**
 * The ustar block of an entry whose values all fit in it, which is most of them; null for any other. It is byte for byte what
 * node-tar writes, in a tenth of the time: of a state directory of 40,000 files node-tar's took a tenth of the whole backup.
 *
 * @param path as it stands in the tar: a directory's ends in `/`
 */
export function encodeUstar(path: string, entry: TarHeader): Buffer | null {
  const { size, mode, uid, gid, target = '' } = entry;
  const seconds = Math.floor(entry.mtime / 1000);
  const fits =
    fitsName(path) &&
    fitsName(target) &&
    [mode, uid, gid].every((value) => value >= 0 && value <= MAX_SHORT) &&
    [size, seconds].every((value) => value >= 0 && value <= MAX_LONG);
  if (!fits) return null;
  const block = Buffer.allocUnsafe(BLOCK_BYTES).fill(0);
  block.write(path, 0, 'latin1');
  writeOctal(block, 100, { bytes: 8, value: mode });
  writeOctal(block, 108, { bytes: 8, value: uid });
  writeOctal(block, 116, { bytes: 8, value: gid });
  writeOctal(block, 124, { bytes: 12, value: size });
  writeOctal(block, 136, { bytes: 12, value: seconds });
  block[156] = TYPE_FLAGS[entry.type];
  block.write(target, 157, 'latin1');
  MAGIC.copy(block, 257);
  // Device numbers, which only devices have.
  writeOctal(block, 329, { bytes: 8, value: 0 });
  writeOctal(block, 337, { bytes: 8, value: 0 });
  let sum = 8 * SPACE;
  // All that is not zero; the checksum itself counts as spaces.
  for (let at = 0; at < 345; at++) sum += block[at] ?? 0;
  writeOctal(block, 148, { bytes: 8, value: sum });
  return block;
}

function fitsName(name: string): boolean {
  return name.length <= MAX_NAME && ASCII.test(name);
}

/** Digits, a space unless they need its place, and a zero byte that is there already. */
function writeOctal(block: Buffer, at: number, { bytes, value }: { bytes: number; value: number }): void {
  let end = at + bytes - 2;
  if (value < 8 ** (bytes - 2)) block[end--] = SPACE;
  for (let left = value; end >= at; end--) {
    block[end] = ZERO + (left % 8);
    left = Math.floor(left / 8);
  }
}
