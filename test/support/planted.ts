import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Captured, Packing } from '../../src/core/archive/pack.ts';
import { encodeSignature } from '../../src/core/archive/trust.ts';
import { readSigningFile } from '../../src/core/keys/signing-file.ts';
import { snapshotId, snapshotKey } from '../../src/core/snapshot-id.ts';
import type { Protected } from './protected.ts';
import { FACTS, packed } from './snapshots.ts';

/** The key that an installation signs its snapshots with, in use: somebody who stole it could do the same. */
export async function signerOf({ home }: Protected): Promise<Packing['sign']> {
  const secret = readSigningFile(await readFile(join(home, '.config', 'clawback', 'signing-key.txt'), 'utf8'));
  return (manifest) => encodeSignature(secret, manifest);
}

/** Puts a snapshot made by somebody else, sealed to the installation's own recipients, into a storage directory. */
export async function plant(
  { home }: Protected,
  storage: string,
  snapshot: { readonly captured: readonly Captured[]; readonly sign: Packing['sign'] },
): Promise<void> {
  const config = await readFile(join(home, '.config', 'clawback', 'config.json5'), 'utf8');
  const recipients = config.match(/age1[0-9a-z]+/g) ?? [];
  const { sign } = snapshot;
  const { bytes, digest } = await packed(snapshot.captured, { sign, recipients, facts: { instance: 'prod-1' } });
  await store(storage, snapshotKey('prod-1', snapshotId(FACTS.createdAt, digest)), bytes);
}

/** Writes an object, whatever is in it, under this key. */
export async function store(storage: string, key: string, bytes: Uint8Array): Promise<void> {
  await mkdir(join(storage, 'prod-1'), { recursive: true });
  await writeFile(join(storage, key), bytes);
}
