import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError } from '../../ports/errors.ts';

/** Bytes; fewer cost a request each for little, more cost memory. */
const USUAL_PART = 8 * 1024 * 1024;
/** Parts in flight: enough to fill a line while one of them waits for its answer. */
const AT_ONCE = 4;
/** How often a part is sent again before the upload is given up. */
const RETRIES = 3;

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer<ArrayBuffer>;
}

export interface PartSending {
  /** How many parts the service takes at most. */
  readonly most: number;
  readonly signal: AbortSignal | undefined;
  /** Whether a failure may pass, so that the part is sent again. */
  readonly isPassing: (error: unknown) => boolean;
  /** Sends one part; stops when its own signal says so. */
  readonly send: (part: Part, signal: AbortSignal) => Promise<void>;
}

/** True if a body is small enough to be sent at once. */
export function fitsOnePart(body: Blob): boolean {
  return body.size <= USUAL_PART;
}

/**
 * Sends a body in parts, a few side by side, each again if it fails. When it rejects, nothing is in flight any more, so that
 * the upload can be aborted for good.
 */
export async function sendInParts(body: Blob, sending: PartSending): Promise<void> {
  const size = Math.max(USUAL_PART, Math.ceil(body.size / sending.most));
  const last = Math.ceil(body.size / size);
  const stopped = new AbortController();
  const signal = sending.signal === undefined ? stopped.signal : AbortSignal.any([sending.signal, stopped.signal]);
  let number = 0;
  const sender = async (): Promise<void> => {
    while (number < last) {
      const mine = ++number;
      signal.throwIfAborted();
      const wanted = body.slice((mine - 1) * size, mine * size);
      const bytes = Buffer.from(await wanted.arrayBuffer());
      if (bytes.length !== wanted.size) throw new ClawbackError('FAILED', 'what is to be stored became shorter');
      await again(() => sending.send({ number: mine, bytes }, signal), sending.isPassing, signal);
    }
  };
  const failures: unknown[] = [];
  const senders = Array.from({ length: Math.min(AT_ONCE, last) }, () =>
    sender().catch((error: unknown) => {
      failures.push(error);
      stopped.abort();
    }),
  );
  await Promise.all(senders);
  if (failures.length > 0) throw failures[0];
}

/** Tries a request again that failed in passing, a few times; for a part, and for what begins and ends an upload of parts. */
export async function again<T>(
  attempt: () => Promise<T>,
  isPassing: (error: unknown) => boolean,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      if (signal?.aborted === true || failures === RETRIES || !isPassing(error)) throw error;
    }
    await sleep(2 ** failures * 300 * (0.5 + Math.random()), undefined, { signal });
  }
}
