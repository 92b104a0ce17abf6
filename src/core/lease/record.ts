import { z } from 'zod';
import type { Storage } from '../../ports/storage.ts';

/** Who says what in one lease object. */
export interface LeaseRecord {
  readonly holder: LeaseHolder;
  /** `released` says that its holder has gone, and that nobody need wait. */
  readonly state: 'held' | 'released';
  /** Milliseconds after which it counts no more unless a newer one is there. */
  readonly lifetime: number;
  /** ISO 8601, by the clock of the holder; for people alone. */
  readonly at: string;
}

export interface LeaseHolder {
  /** Random, and another one for each process. */
  readonly id: string;
  readonly hostname: string;
}

/** The newest lease object. */
export interface NewestLease {
  readonly number: number;
  /** Null if it cannot be read as one. */
  readonly record: LeaseRecord | null;
}

const schema = z.object({
  holder: z.object({ id: z.string(), hostname: z.string() }),
  state: z.enum(['held', 'released']),
  lifetime: z.number().positive(),
  at: z.string(),
});

const KEY = /^[^/]+\/lease\/(\d{8})\.json$/;

export function leaseKey(instance: string, number: number): string {
  return `${instance}/lease/${String(number).padStart(8, '0')}.json`;
}

export function leaseBody(record: LeaseRecord): Blob {
  return new Blob([`${JSON.stringify(record)}\n`]);
}

/** Numbers of all lease objects of an instance, ascending. */
export async function leaseNumbers(storage: Storage, instance: string, signal: AbortSignal): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { key } of storage.list(`${instance}/lease/`, { signal })) {
    const number = KEY.exec(key)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers;
}

/** @throws ClawbackError `NOT_FOUND` if it has been deleted, as every old one is. */
export async function readLease(
  storage: Storage,
  { instance, number }: { readonly instance: string; readonly number: number },
  signal: AbortSignal,
): Promise<LeaseRecord | null> {
  const pieces: Buffer[] = [];
  for await (const piece of await storage.get(leaseKey(instance, number), { signal })) pieces.push(Buffer.from(piece));
  try {
    return schema.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')));
  } catch {
    return null;
  }
}
