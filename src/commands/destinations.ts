import { catalog, type Catalog } from '../core/catalog.ts';
import type { Config } from '../core/config/config.ts';
import { parseLocation } from '../core/config/location.ts';
import type { Destination } from '../core/publish.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type Context, requireConfig } from './context.ts';

/**
 * A name that is mistyped is for the person who typed it: no run has begun that others should hear of.
 *
 * @throws ClawbackError `USAGE` for a name that the config does not have.
 */
export function refuseUnknown(names: readonly string[], config: Config): void {
  const unknown = names.find((name) => !config.destinations.some((destination) => destination.name === name));
  if (unknown !== undefined) {
    const known = config.destinations.map(({ name }) => name).join(', ');
    throw new ClawbackError('USAGE', `no destination is called ${unknown}`, { hint: `the config has ${known}` });
  }
}

/** The destinations of the config with these names, or all if there are no names. */
export async function chosenDestinations(
  names: readonly string[],
  config: Config,
  context: Context,
): Promise<Destination[]> {
  const chosen = config.destinations.filter(({ name }) => names.length === 0 || names.includes(name));
  return Promise.all(chosen.map(async ({ name, url }) => ({ name, storage: await context.openStorage(url) })));
}

/** Where to look for snapshots: all that it takes to list them. */
export interface Searched {
  readonly destinations: readonly Destination[];
  /** Null means every instance. */
  readonly instance: string | null;
}

/** The location given, else every destination of the config. */
export async function destinationsFor(from: string | undefined, context: Context): Promise<Destination[]> {
  if (from !== undefined) {
    const base = { home: context.host.home, directory: context.paths.workingDirectory };
    return [{ name: from, storage: await context.openStorage(parseLocation(from, base)) }];
  }
  const { destinations } = requireConfig(context);
  return Promise.all(destinations.map(async ({ name, url }) => ({ name, storage: await context.openStorage(url) })));
}

/** What the destinations hold; those that did not answer are said on stderr. */
export async function readCatalog({ destinations, instance }: Searched, context: Context): Promise<Catalog> {
  const found = await catalog(destinations, instance, context.signal);
  for (const { name, error } of found.failures) context.warn(`${name} did not answer: ${error.message}`);
  return found;
}
