import { KeptRecords, type KeptRecord } from '../core/drill/kept-records.ts';
import { MAX_RECORD_BYTES, openRecord, parseRecordKey, type RecordKey } from '../core/drill/sealed-record.ts';
import { collect } from '../core/archive/source.ts';
import { nearestFirst } from '../core/catalog.ts';
import type { Destination } from '../core/publish.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import type { DrillResult } from './drill.ts';
import { prepareReading, type Reading, type ReadOptions } from './reading.ts';

/** A drill of the past, and how far to believe the record of it. */
export interface LastDrillResult extends DrillResult {
  readonly recorded: {
    /** Name of the destination that it was read from; null if it was this host's own. */
    readonly destination: string | null;
    /** Who signed it; null if nobody trusted did, as on a host that has only the recovery kit. */
    readonly signer: string | null;
  };
}

interface Found {
  readonly destination: Destination;
  readonly record: RecordKey;
}

/**
 * The newest drill that this host remembers or that lies beside the snapshots; with a location or a kit, what lies there alone.
 *
 * @throws ClawbackError `NOT_FOUND` if there is none; `USAGE` if it could be of several instances; `NO_IDENTITY`
 */
export async function lastDrill(options: ReadOptions, context: Context): Promise<LastDrillResult> {
  const reading = await prepareReading(options, context);
  const isElsewhere = options.from !== undefined || options.kit !== undefined;
  const kept = isElsewhere ? null : await lastKept(reading, context);
  const found = await newest(reading, context).catch((error: unknown) => {
    context.signal.throwIfAborted();
    // What this host remembers is an answer, also while no destination gives one.
    if (kept === null) throw error;
    return null;
  });
  if (kept !== null && (found === null || secondOf(found.record.name) <= secondOf(kept.name))) {
    return { ...kept.record, recorded: { destination: null, signer: null } };
  }
  if (found === null) {
    throw new ClawbackError('NOT_FOUND', 'no drill is recorded', { hint: 'make one with clawback drill' });
  }
  const { destination, record: named } = found;
  const stored = await destination.storage.get(named.key, { signal: context.signal });
  const sealed = { key: named.key, bytes: await collect(stored, MAX_RECORD_BYTES) };
  const keyring = reading.keyring ?? { identities: [] };
  const { record, signer } = await openRecord(sealed, keyring, reading.trust.signers);
  if (signer === null) {
    context.warn(
      'nobody whom this host trusts has signed this record: whoever may write to the storage could have made it',
    );
  }
  return { ...record, recorded: { destination: destination.name, signer } };
}

/** The newest record in any destination; those that do not answer are said on stderr. */
async function newest(reading: Reading, context: Context): Promise<Found | null> {
  const all: Found[] = [];
  const failures: unknown[] = [];
  await Promise.all(
    nearestFirst(reading.destinations).map(async (destination) => {
      try {
        for await (const { key, size } of listRecords(destination, reading.instance, context)) {
          const record = parseRecordKey(key);
          if (record !== null && size <= MAX_RECORD_BYTES) all.push({ destination, record });
        }
      } catch (error) {
        context.signal.throwIfAborted();
        failures.push(error);
        if (!(error instanceof ClawbackError)) throw error;
        context.warn(`${destination.name} did not answer: ${error.message}`);
      }
    }),
  );
  if (failures.length === reading.destinations.length) throw failures[0];
  const instances = [...new Set(all.map(({ record }) => record.instance))].sort();
  if (instances.length > 1) {
    throw new ClawbackError('USAGE', `the last drill of which instance: ${instances.join(', ')}?`, {
      hint: "read with the kit of one, --kit FILE, or on a host with that instance's config",
    });
  }
  return all.toSorted((a, b) => (a.record.name < b.record.name ? -1 : 1)).at(-1) ?? null;
}

function listRecords({ storage }: Destination, instance: string | null, { signal }: Context) {
  return storage.list(instance === null ? '' : `${instance}/drills/`, { signal });
}

async function lastKept({ instance }: Reading, context: Context): Promise<KeptRecord | null> {
  return instance === null ? null : new KeptRecords(context.paths.stateDir, instance).last();
}

/** The same drill has one digest here and another one sealed. */
function secondOf(name: string): string {
  return name.slice(0, 16);
}
