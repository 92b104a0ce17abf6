import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry, Manifest } from '../../src/core/archive/manifest.ts';

const directory = join(import.meta.dirname, '..', 'golden', 'format-1');
const listing = JSON.parse(readFileSync(join(directory, 'listing.json'), 'utf8')) as Listing;
const identity = join(directory, 'identity.txt');

interface Listing {
  readonly key: string;
  readonly manifest: Manifest;
  readonly entries: readonly Entry[];
}

/** The snapshot of format 1 that is kept for ever, and what is known to be in it. */
export const golden = {
  ...listing,
  instance: listing.manifest.instance,
  /** Absolute paths: of the storage, of the sealed snapshot in it, of the identity that opens it. */
  storage: join(directory, 'storage'),
  file: join(directory, 'storage', listing.key),
  identity,
  signer: /clawback signer: (\S+)/.exec(readFileSync(identity, 'utf8'))?.[1] ?? '',
};
