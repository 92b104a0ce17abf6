import { randomBytes } from 'node:crypto';
import { ClawbackError } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';
import { Trial } from './storage-check/trial.ts';
import { type Answer, type Step, STEPS } from './storage-check/steps.ts';

export interface StorageCheckStep extends Answer {
  readonly id: Step['id'];
  readonly title: string;
  readonly seconds: number;
}

export interface StorageCheckReport {
  readonly location: string;
  /** False if a step failed; a remark (`warn`) is none. */
  readonly ok: boolean;
  /** In the order in which they were taken; none after one without which the others mean nothing. */
  readonly steps: readonly StorageCheckStep[];
}

export interface StorageCheckPorts {
  /** Milliseconds since 1970, by the clock of this host. */
  readonly now: () => number;
  /** What time it is at the storage; null if it tells none. */
  readonly serverTime: () => Promise<Date | null>;
  /** Told what is done next. */
  readonly onStep: (title: string) => void;
}

/**
 * Proves that a storage keeps the contract that backups rest on, under a fresh prefix of its own, and cleans up after itself.
 *
 * @throws ClawbackError `ABORTED`; whatever is wrong with the storage is in the report instead.
 */
export async function checkStorage(
  storage: Storage,
  ports: StorageCheckPorts,
  signal: AbortSignal,
): Promise<StorageCheckReport> {
  const { now, serverTime } = ports;
  const prefix = `clawback-check-${randomBytes(8).toString('hex')}/`;
  await using trial = new Trial(storage, prefix, { now, serverTime, signal });
  const steps: StorageCheckStep[] = [];
  for (const step of STEPS) {
    signal.throwIfAborted();
    ports.onStep(step.title);
    const began = ports.now();
    const answer = await take(step, trial);
    steps.push({ id: step.id, title: step.title, ...answer, seconds: (ports.now() - began) / 1000 });
    if (answer.status === 'fail' && step.isVital) break;
  }
  return { location: storage.location, ok: steps.every(({ status }) => status !== 'fail'), steps };
}

async function take(step: Step, trial: Trial): Promise<Answer> {
  try {
    return await step.take(trial);
  } catch (error) {
    if (!(error instanceof ClawbackError) || error.code === 'ABORTED') throw error;
    const fix = error.hint ?? 'see the message of the storage, and docs/storage.md';
    return { status: 'fail', evidence: `${error.message} (${error.code})`, fix };
  }
}
