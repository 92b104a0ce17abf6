import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry, Manifest } from '../../src/core/archive/manifest.ts';

interface Listing {
  readonly key: string;
  readonly manifest: Manifest;
  /** What it restores to. */
  readonly entries: readonly Entry[];
}

/** A snapshot that is kept for ever, and what is known to be in it. */
export interface Golden extends Listing {
  readonly instance: string;
  /** Absolute paths: of the storage, of the sealed snapshot in it, of the identity that opens it. */
  readonly storage: string;
  readonly file: string;
  readonly identity: string;
  readonly signer: string;
}

/** @param format 1 for a full one, 2 for a differential one, whose base lies beside it */
export function goldenOf(format: 1 | 2): Golden {
  const directory = join(import.meta.dirname, '..', 'golden', `format-${format}`);
  const listing = JSON.parse(readFileSync(join(directory, 'listing.json'), 'utf8')) as Listing;
  const identity = join(directory, 'identity.txt');
  return {
    ...listing,
    instance: listing.manifest.instance,
    storage: join(directory, 'storage'),
    file: join(directory, 'storage', listing.key),
    identity,
    signer: /clawback signer: (\S+)/.exec(readFileSync(identity, 'utf8'))?.[1] ?? '',
  };
}

export const golden = goldenOf(1);
