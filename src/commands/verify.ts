import type { HeldSnapshot, Misfit } from '../core/catalog.ts';
import { verify as verifyOne, type Verified } from '../core/verify.ts';
import { hasCode } from '../ports/errors.ts';
import { type Context, requireConfig } from './context.ts';
import { readCatalog } from './destinations.ts';
import { findSnapshot, prepareReading, type ReadOptions } from './reading.ts';
import { recorded, type Told } from './recorded.ts';

export interface VerifyOptions extends ReadOptions {
  readonly snapshot: string;
  readonly all: boolean;
}

export interface VerifyResult {
  readonly results: readonly Verified[];
}

/** Reads every stored byte of one snapshot or of all, wherever there is a copy, and says what is not as it was written. */
export async function verify(options: VerifyOptions, context: Context): Promise<VerifyResult> {
  const run = (): Promise<VerifyResult> => verifyChosen(options, context);
  // A look at what is stored elsewhere says nothing of this host's own job.
  if (options.from !== undefined) return run();
  return recorded({ job: 'verify', instance: requireConfig(context).instance, tell }, context, run);
}

function tell({ results }: VerifyResult): Told<'verify'> {
  const bad = results.filter(({ ok }) => !ok).length;
  return { ok: bad === 0, copies: results.length, bad };
}

async function verifyChosen(options: VerifyOptions, context: Context): Promise<VerifyResult> {
  const reading = await prepareReading(options, context);
  const chosen = options.all
    ? (await readCatalog(reading, context)).snapshots
    : [await findSnapshot(options.snapshot, reading, context)];
  const results: Verified[] = [];
  for (const snapshot of chosen) {
    results.push(...snapshot.misfits.map((other) => misfit(snapshot, other)));
    for (const holder of snapshot.holders) {
      const task = context.progress.start(`verifying ${snapshot.id} in ${holder.name}`, snapshot.bytes);
      const onRead = task.advance.bind(task);
      const pass = { ...reading, signal: context.signal, onRead, withBase: !options.all };
      try {
        results.push(
          await verifyOne(snapshot, holder, pass).catch(
            orWithout(options, () => verifyOne(snapshot, holder, { ...pass, keyring: null })),
          ),
        );
      } finally {
        task.end();
      }
    }
  }
  return { results };
}

/** Truncated, or with something added: nobody needs to read it to know. */
function misfit({ id, bytes: expected }: HeldSnapshot, { destination, bytes: found }: Misfit): Verified {
  const message = 'the stored object has another size than the copy in another destination';
  const problem = { message, expected: `${expected} bytes`, found: `${found} bytes` };
  return { id, destination: destination.name, ok: false, level: 'digest', problems: [problem] };
}

/** Among all snapshots there may be some from before a change of keys; of those the digest is what can be checked. */
function orWithout(
  { all }: VerifyOptions,
  digestAlone: () => Promise<Verified>,
): (error: unknown) => Promise<Verified> {
  return (error) => {
    if (all && hasCode(error, 'NO_IDENTITY')) return digestAlone();
    throw error;
  };
}
