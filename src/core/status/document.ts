import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { isInstanceName } from '../snapshot-id.ts';

const time = z.iso.datetime();
const snapshot = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-f]{16}$/);

/** Strict about what is shown to people: whoever can write to the storage can write such an object. */
const schema = z.object({
  format: z.literal(1),
  instance: z.string().refine(isInstanceName),
  clawbackVersion: z.string().regex(/^[\w.+-]{1,40}$/),
  /** When the snapshot that was put last was taken. */
  lastSuccess: time,
  snapshot,
  /** Size of the sealed snapshot. */
  bytes: z.int().nonnegative(),
  /** When the next one should be taken, and from when on it is overdue; null without a schedule. */
  nextDue: time.nullable(),
  overdueAfter: time.nullable(),
  lastDrill: z
    .object({ at: time, verdict: z.enum(['pass', 'warn', 'fail', 'incomplete']), snapshot: snapshot.nullable() })
    .nullable(),
  /** The first snapshot that holds suspiciously little, until a person confirms it. */
  alarm: snapshot.nullable(),
});

/**
 * What each successful backup leaves beside the snapshots, so that any machine with nothing but the URL can tell whether an
 * instance is still backed up. In clear: it holds times, sizes and ids, and nothing of what is in a snapshot.
 */
export type StatusDocument = Readonly<z.output<typeof schema>>;

/** Where the status objects of an instance lie. */
export function statusPrefix(instance: string): string {
  return `${instance}/status/`;
}

export function encodeStatus(document: StatusDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * @throws ClawbackError `INTEGRITY` if it is not what a backup of this instance writes.
 */
export function parseStatus(text: string, instance: string): StatusDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success && parsed.data.instance === instance) return parsed.data;
  throw new ClawbackError('INTEGRITY', `the status object of ${instance} is not what a backup writes`, {
    hint: 'look at the object below status/ in the storage; the next backup writes a new one',
  });
}

/** A time of a status object; `time` is milliseconds since 1970. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
