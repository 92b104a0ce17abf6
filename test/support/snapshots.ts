import { createHash } from 'node:crypto';
import { type Captured, type Facts, pack, type Packing } from '../../src/core/archive/pack.ts';
import { compressFrames } from '../../src/core/archive/compress.ts';
import { FrameWriter, type TarFrame } from '../../src/core/archive/frame-writer.ts';
import type { Manifest } from '../../src/core/archive/manifest.ts';
import { seal } from '../../src/core/archive/sealed.ts';
import { Snapshot } from '../../src/core/archive/snapshot.ts';
import type { StoredSource } from '../../src/core/archive/source.ts';
import { encodeSignature } from '../../src/core/archive/trust.ts';
import { generateSigningSecret, publicKeyOf } from '../../src/core/keys/signing.ts';

/** Made once by `age-keygen`; for tests only. */
export const IDENTITY = 'AGE-SECRET-KEY-167CYA9HUDMD9AFACHGSNF7MHCZDE8T238F8DK29LJ5Z4972HYVQSH94FH0';
export const RECIPIENT = 'age1a89p874h0dpk0ymvw2yk0fyuxkyp2rkru5a3s2shezgxf20qcd3s9jvmvl';

export const SIGNING_SECRET = generateSigningSecret();
export const TRUST = { signers: [publicKeyOf(SIGNING_SECRET)], allowUnsigned: false };

export const FACTS: Facts = {
  format: 1,
  kind: 'full',
  instance: 'test',
  createdAt: '2026-11-22T20:34:37Z',
  clawbackVersion: '0.0.0',
  installation: {
    openclawVersion: '2026.9.6',
    stateDir: '/home/u/.openclaw',
    configPath: '/home/u/.openclaw/openclaw.json',
    home: '/home/u',
    layout: 'sqlite',
    schema: { state: 18, agents: { main: 23 } },
    gatewayPort: 18789,
    hostname: 'host',
    platform: 'linux',
    arch: 'x64',
    nodeVersion: '24.16.0',
  },
  roots: [{ name: 'state', kind: 'state', path: '/home/u/.openclaw', type: 'directory' }],
  excluded: [],
  environment: [],
  token: { mode: 'token', winner: null, fingerprint: null, generation: null },
  devices: [],
  counts: { agents: 0, sessions: 0, messages: 0, cronJobs: 0, devices: 0, channels: 0, plugins: 0 },
  warnings: [],
};

const OWNED = { uid: 0, gid: 0, mtime: 1_700_000_000_123 } as const;

export function file(path: string, content: string | Buffer): Captured {
  const bytes = Buffer.from(content);
  return { ...OWNED, type: 'file', path, mode: 0o600, size: bytes.length, content: bytes };
}

export function directory(path: string): Captured {
  return { ...OWNED, type: 'directory', path, mode: 0o700 };
}

export function symlink(path: string, target: string, { outside = false } = {}): Captured {
  return { ...OWNED, type: 'symlink', path, mode: 0o777, target, outside };
}

export interface Packed {
  readonly bytes: Buffer;
  readonly manifest: Manifest;
  readonly digest: string;
}

/** A sealed snapshot of these entries. */
export async function packed(
  captured: readonly Captured[],
  options: Partial<Pick<Packing, 'sign'>> & {
    facts?: Partial<Facts>;
    environment?: string;
    recipients?: string[];
  } = {},
): Promise<Packed> {
  let manifest: Manifest | undefined;
  const tar = pack({
    captured: each([captured]),
    facts: () => Promise.resolve({ facts: { ...FACTS, ...options.facts }, environment: options.environment ?? null }),
    sign: options.sign ?? ((bytes) => encodeSignature(SIGNING_SECRET, bytes)),
    onManifest: (final) => {
      manifest = final;
    },
  });
  const bytes = await bufferOf(seal(compressFrames(tar), options.recipients ?? [RECIPIENT]));
  if (manifest === undefined) throw new Error('pack told no manifest');
  return { bytes, manifest, digest: createHash('sha256').update(bytes).digest('hex') };
}

/** Stands between pieces of tar: the frame ends here. */
export const CUT: unique symbol = Symbol('the frame ends here');

/** Pieces of tar in frames, as the packer makes them. */
export function framed(pieces: Iterable<Uint8Array | typeof CUT>): AsyncGenerator<TarFrame> {
  return each(framesOf(pieces));
}

function* framesOf(pieces: Iterable<Uint8Array | typeof CUT>): Generator<TarFrame> {
  const writer = new FrameWriter();
  for (const piece of pieces) {
    if (piece === CUT) writer.cut();
    else writer.write(piece);
    yield* writer.whole();
  }
  writer.cut();
  yield* writer.whole();
}

/** Opens sealed bytes with the test identity, trusting the test signer. */
export function opened(bytes: Buffer, { trust = TRUST, identities = [IDENTITY] } = {}): Promise<Snapshot> {
  return Snapshot.open(sourceOf(bytes), { identities }, trust);
}

export interface CountedSource extends StoredSource {
  bytesRead: number;
}

export function sourceOf(bytes: Buffer): CountedSource {
  return {
    size: bytes.length,
    copies: 1,
    leave: () => undefined,
    bytesRead: 0,
    async *read(start, end) {
      const part = bytes.subarray(start, end ?? bytes.length);
      this.bytesRead += part.length;
      // Pieces that fit no border of chunks or frames.
      for (let at = 0; at < part.length; at += 50_021) yield await Promise.resolve(part.subarray(at, at + 50_021));
    },
  };
}

export async function* each<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

export async function bufferOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  // Copied: a piece may hold its bytes only until the next is asked for.
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}
