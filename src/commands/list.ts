import { isInstanceName } from '../core/snapshot-id.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';
import { destinationsFor, readCatalog } from './destinations.ts';
import { type SnapshotView, viewOf } from './snapshot-view.ts';

export interface ListOptions {
  readonly destination?: string | undefined;
  readonly instance?: string | undefined;
  readonly from?: string | undefined;
}

export interface ListResult {
  /** Newest first. */
  readonly snapshots: readonly ListedSnapshot[];
}

export interface ListedSnapshot extends SnapshotView {
  readonly destinations: readonly string[];
  /** Absent if it has none. */
  readonly tags?: readonly string[];
}

/** What the destinations hold, by the names of the objects alone: needs no identity. */
export async function list(options: ListOptions, context: Context): Promise<ListResult> {
  const all = await destinationsFor(options.from, context);
  const destinations = all.filter(({ name }) => options.destination === undefined || name === options.destination);
  if (destinations.length === 0) {
    throw new ClawbackError('USAGE', `no destination is called ${options.destination ?? ''}`, {
      hint: `the config has ${all.map(({ name }) => name).join(', ')}`,
    });
  }
  const instance = options.instance ?? (options.from === undefined ? (context.config?.instance ?? null) : null);
  if (instance !== null && !isInstanceName(instance))
    throw new ClawbackError('USAGE', `${instance} is no instance name`);
  const { snapshots, tags } = await readCatalog({ destinations, instance }, context);
  return {
    snapshots: snapshots.map((held) => {
      const own = tags.get(held.id);
      const names = held.holders.map(({ name }) => name);
      return { ...viewOf(held), destinations: names, ...(own === undefined ? {} : { tags: [...own].sort() }) };
    }),
  };
}
