/** CRC-32C (Castagnoli), reflected: the checksum that Google Cloud Storage keeps. */
const POLYNOMIAL = 0x82f63b78;

/** `TABLES[k][b]` is what byte `b` contributes when k more bytes follow it: eight bytes are taken at once. */
const TABLES = makeTables();

/**
 * The checksum of some bytes, or of more of them: `crc32c(b, crc32c(a))` is that of a and b joined.
 *
 * @returns an unsigned 32-bit number.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  const whole = bytes.length - (bytes.length % 8);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = ~before;
  for (let at = 0; at < whole; at += 8) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      at8(t7, low) ^
      at8(t6, low >>> 8) ^
      at8(t5, low >>> 16) ^
      at8(t4, low >>> 24) ^
      at8(t3, high) ^
      at8(t2, high >>> 8) ^
      at8(t1, high >>> 16) ^
      at8(t0, high >>> 24);
  }
  for (let at = whole; at < bytes.length; at++) crc = at8(t0, crc ^ view.getUint8(at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** As Google writes it: base64 of the four bytes, the highest first. */
export function crc32cText(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
}

function at8(table: Int32Array, index: number): number {
  return table[index & 0xff] ?? 0;
}

type Eight = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Eight {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
  const next = (table: Int32Array): Int32Array => table.map((crc) => at8(first, crc) ^ (crc >>> 8));
  const second = next(first);
  const third = next(second);
  const fourth = next(third);
  const fifth = next(fourth);
  const sixth = next(fifth);
  const seventh = next(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, next(seventh)];
}
