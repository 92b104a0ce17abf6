import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Storage, TransferOptions } from '../ports/storage.ts';

/**
 * What changes over time in a storage whose objects never change: a series of objects `<prefix><8 digits>.json`, each made only
 * if it is not there yet. The one with the highest number counts.
 */
export interface NumberedObject {
  readonly key: string;
  readonly number: number;
}

const NAME = /^(\d{8})\.json$/;

/** How often somebody else may be faster. */
const ATTEMPTS = 5;

const MOST_BYTES = 64 * 1024;

/** The number of a key in the series, or null if it is not in it. */
export function numberOf(prefix: string, key: string): number | null {
  const digits = key.startsWith(prefix) ? NAME.exec(key.slice(prefix.length))?.[1] : undefined;
  return digits === undefined ? null : Number(digits);
}

/** Lowest number first. */
export async function listNumbered(
  storage: Storage,
  prefix: string,
  options: TransferOptions,
): Promise<NumberedObject[]> {
  const found: NumberedObject[] = [];
  for await (const { key } of storage.list(prefix, options)) {
    const number = numberOf(prefix, key);
    if (number !== null) found.push({ key, number });
  }
  return found;
}

/**
 * Puts the next object of a series.
 *
 * @returns the objects before it, lowest number first
 * @throws ClawbackError `EXISTS` if others were faster every time.
 */
export async function putNext(
  storage: Storage,
  { prefix, text }: { readonly prefix: string; readonly text: string },
  options: TransferOptions,
): Promise<NumberedObject[]> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await listNumbered(storage, prefix, options);
    const number = (before.at(-1)?.number ?? 0) + 1;
    try {
      await storage.put(`${prefix}${String(number).padStart(8, '0')}.json`, new Blob([text]), options);
      return before;
    } catch (error) {
      if (attempt === ATTEMPTS || !hasCode(error, 'EXISTS')) throw error;
    }
  }
}

/** The text of a small object. */
export async function readSmall(storage: Storage, key: string, options: TransferOptions): Promise<string> {
  const pieces: Buffer[] = [];
  // One byte more than allowed tells a larger object from one that just fits.
  for await (const piece of await storage.get(key, { ...options, range: { start: 0, end: MOST_BYTES + 1 } })) {
    pieces.push(Buffer.from(piece));
  }
  const bytes = Buffer.concat(pieces);
  if (bytes.length <= MOST_BYTES) return bytes.toString('utf8');
  throw new ClawbackError('INTEGRITY', `${key} is larger than anything Clawback puts there`);
}
