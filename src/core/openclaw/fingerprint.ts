import { createHash, scrypt, timingSafeEqual } from 'node:crypto';
import type { TokenFacts } from '../archive/manifest.ts';

/** About 100 ms and 32 MiB for one guess: a manifest that leaks does not give a weak token away quickly. */
const LOG_COST = 15;
const BLOCK_SIZE = 8;
const HASH_BYTES = 32;

/**
 * What OpenClaw itself writes beside a browser's device token (`issuer.generation`) to know that it was issued under
 * the same secret: base64url of SHA-256 over mode, NUL, secret. Null for the modes that have no secret.
 */
export function generationOf(mode: TokenFacts['mode'], secret: string | null): string | null {
  if (secret === null || (mode !== 'token' && mode !== 'password')) return null;
  return createHash('sha256').update(`${mode}\0${secret}`).digest('base64url');
}

/** Salted scrypt of a secret: `scrypt:<logN>:<salt base64url>:<hash base64url>`. */
export async function fingerprintOf(secret: string, salt: Buffer): Promise<string> {
  const hash = await derive(secret, salt, LOG_COST);
  return `scrypt:${LOG_COST}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Whether a fingerprint was made of this secret; false for a fingerprint that this release cannot read. */
export async function matchesFingerprint(secret: string, fingerprint: string): Promise<boolean> {
  const [scheme, cost, salt, hash, ...rest] = fingerprint.split(':');
  if (scheme !== 'scrypt' || salt === undefined || hash === undefined || rest.length > 0) return false;
  const logCost = Number(cost);
  // An upper bound, since whoever wrote the manifest chooses it: 2^20 takes 1 GiB.
  if (!Number.isInteger(logCost) || logCost < 1 || logCost > 20) return false;
  const expected = Buffer.from(hash, 'base64url');
  const found = await derive(secret, Buffer.from(salt, 'base64url'), logCost);
  return expected.length === found.length && timingSafeEqual(expected, found);
}

function derive(secret: string, salt: Buffer, logCost: number): Promise<Buffer> {
  const N = 2 ** logCost;
  const options = { N, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * N * BLOCK_SIZE };
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, HASH_BYTES, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
