import { hasCode } from '../ports/errors.ts';
import { drain, passThrough } from './archive/pass.ts';
import { digestOf } from './archive/sealed.ts';
import { type Keyring } from './archive/header.ts';
import { storedSource } from './archive/stored.ts';
import { type Trust } from './archive/trust.ts';
import { type HeldSnapshot, openHeld, withHolder } from './catalog.ts';

export interface Problem {
  readonly path?: string;
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

export interface Verified {
  readonly id: string;
  readonly ok: boolean;
  /** `digest`: the stored bytes are those that the key names. `full`: every hash within them as well. */
  readonly level: 'digest' | 'full';
  readonly problems: readonly Problem[];
}

export interface VerifyReading {
  /** Null on a host without an identity: then the digest alone is checked. */
  readonly keyring: Keyring | null;
  readonly trust: Trust;
  readonly signal: AbortSignal;
  /** Told sealed bytes as they are read. */
  readonly onRead: (bytes: number) => void;
}

/** Reads every stored byte of a snapshot, and with an identity checks every hash. What is wrong is an answer, not an error. */
export async function verify(snapshot: HeldSnapshot, reading: VerifyReading): Promise<Verified> {
  const { keyring } = reading;
  if (keyring === null) return verifyDigest(snapshot, reading);
  return withHolder(snapshot, async (holder) => {
    try {
      const source = storedSource(holder.storage, snapshot, reading.signal);
      const opened = await openHeld(snapshot, source, { ...reading, keyring });
      const entries = await opened.entries();
      const pass = passThrough(opened, { digest16: snapshot.digest16, entries, onRead: reading.onRead });
      for await (const { content } of pass) await drain(content);
      return { id: snapshot.id, level: 'full', ...verdict(capturedDamage(opened.manifest.warnings)) };
    } catch (error) {
      if (!hasCode(error, 'INTEGRITY') && !hasCode(error, 'UNTRUSTED')) throw error;
      const digest = await verifyDigest(snapshot, { ...reading, onRead: () => undefined });
      const problems = [...digest.problems, { message: error.message }];
      return { id: snapshot.id, ok: false, level: 'full', problems };
    }
  });
}

async function verifyDigest(snapshot: HeldSnapshot, { signal, onRead }: VerifyReading): Promise<Verified> {
  return withHolder(snapshot, async ({ storage }) => {
    const found = await digestOf(counted(storedSource(storage, snapshot, signal).read(0, null), onRead));
    const same = found.startsWith(snapshot.digest16);
    const problem = {
      message: 'the stored bytes are not those that the key names',
      expected: snapshot.digest16,
      found,
    };
    return { id: snapshot.id, level: 'digest', ...verdict(same ? [] : [problem]) };
  });
}

/** A snapshot that holds exactly what was captured, of which something was damaged already, never counts as good. */
function capturedDamage(warnings: readonly { path?: string; message: string; severity: string }[]): Problem[] {
  return warnings
    .filter(({ severity }) => severity === 'damage')
    .map(({ path, message }) => ({
      ...(path === undefined ? {} : { path }),
      message: `when it was captured: ${message}`,
    }));
}

function verdict(problems: readonly Problem[]): { ok: boolean; problems: readonly Problem[] } {
  return { ok: problems.length === 0, problems };
}

async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    onRead(piece.length);
    yield piece;
  }
}
