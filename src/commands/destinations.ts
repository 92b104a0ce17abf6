import { type Config } from '../core/config/config.ts';
import { type Destination } from '../core/publish.ts';
import { ClawbackError } from '../ports/errors.ts';
import { type Context } from './context.ts';

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
