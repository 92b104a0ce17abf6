import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Destination } from '../core/config/config.ts';
import { parseLocation } from '../core/config/location.ts';
import { isWithin, realPath } from '../core/openclaw/paths.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Context } from './context.ts';

/**
 * Destinations as a person lists them: `nas=file:///mnt/nas`, or a location alone, which is called `main`, `main-2`, ….
 *
 * @throws ClawbackError `USAGE` if there is none, or two have one name.
 */
export function nameDestinations(texts: readonly string[], context: Context): readonly Destination[] {
  if (texts.length === 0) {
    throw new ClawbackError('USAGE', 'no destination is given', {
      hint: 'add --destination URL: file:///mnt/nas/claw, s3://bucket/prefix, or an absolute path',
    });
  }
  const base = { home: context.host.home, directory: context.paths.workingDirectory };
  const destinations = texts.map((text, index) => {
    const named = /^([A-Za-z0-9_-]+)=(.+)$/.exec(text);
    const name = named?.[1] ?? (index === 0 ? 'main' : `main-${index + 1}`);
    return { name, url: parseLocation(named?.[2] ?? text, base) };
  });
  if (new Set(destinations.map(({ name }) => name)).size < destinations.length) {
    throw new ClawbackError('USAGE', 'two destinations have the same name', {
      hint: 'name them: --destination nas=URL',
    });
  }
  return destinations;
}

/**
 * Opens every destination and looks for snapshots under the instance's name. A directory that is missing is made, if the
 * one above it is there: here a person has just named it, while later its absence means that its disk is not mounted.
 *
 * @throws ClawbackError `CONFIG` for a scheme nobody speaks or a place within the state directory; whatever the storage says.
 */
export async function checkDestinations(
  plan: { readonly destinations: readonly Destination[]; readonly stateDir: string; readonly instance: string },
  context: Context,
): Promise<void> {
  for (const { name, url } of plan.destinations) {
    if (url.protocol === 'file:') {
      refuseWithin(plan.stateDir, fileURLToPath(url), `the destination ${name}`);
      await mkdir(fileURLToPath(url), { mode: 0o700 }).catch(() => undefined);
    }
    const storage = await context.openStorage(url);
    for await (const { key } of storage.list(`${plan.instance}/`, { signal: context.signal })) {
      context.warn(
        `${name} holds snapshots of an instance ${plan.instance} already (${key}); if that is another host, choose another name`,
      );
      break;
    }
  }
}

/**
 * @throws ClawbackError `CONFIG` if a path lies within the state directory, links followed.
 */
export function refuseWithin(stateDir: string, path: string, what: string): void {
  if (isWithin(realParent(path), realPath(stateDir))) {
    throw new ClawbackError('CONFIG', `${what} would lie within the state directory ${stateDir}`, {
      hint: 'choose a place outside: it would be lost together with what it protects',
    });
  }
}

/** The real path of the nearest directory above that exists: what is to be made there does not yet. */
function realParent(path: string): string {
  return existsSync(path) || dirname(path) === path ? realPath(path) : realParent(dirname(path));
}
