import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../src/adapters/storage/memory.ts';
import type { HeldSnapshot } from '../../../src/core/catalog.ts';
import type { Destination } from '../../../src/core/publish.ts';
import { snapshotId, snapshotKey } from '../../../src/core/snapshot-id.ts';
import { verify, type Verified } from '../../../src/core/verify.ts';
import { away } from '../../support/away.ts';
import { directory, FACTS, file, IDENTITY, type Packed, packed, TRUST } from '../../support/snapshots.ts';
import { stored } from './stored.ts';

let near: Destination;
let made: Packed;

beforeEach(async () => {
  near = { name: 'near', storage: memoryStorage() };
  made = await packed([directory('state'), file('state/large', Buffer.alloc(300_000, 'abc')), file('state/note', 'x')]);
});

async function verified(
  snapshot: HeldSnapshot,
  keyring: { identities: string[] } | null = { identities: [IDENTITY] },
): Promise<Verified & { read: number }> {
  let read = 0;
  const onRead = (bytes: number): void => {
    read += bytes;
  };
  const { signal } = new AbortController();
  const [holder = near] = snapshot.holders;
  return { ...(await verify(snapshot, holder, { keyring, trust: TRUST, signal, onRead, withBase: true })), read };
}

/** These bytes under the key of the good snapshot. */
function inItsPlace(bytes: Buffer): Promise<HeldSnapshot> {
  return stored({ bytes, digest: made.digest }, [near]);
}

describe('verify', () => {
  test('reads every stored byte of a good snapshot, once, and has nothing to say', async () => {
    const held = await stored(made, [near]);
    const { id } = held;
    expect(await verified(held)).toEqual({
      id,
      destination: 'near',
      ok: true,
      level: 'full',
      problems: [],
      read: made.bytes.length,
    });
  });

  test('checks the digest alone without an identity, and says so', async () => {
    const held = await stored(made, [near]);
    const { id } = held;
    expect(await verified(held, null)).toEqual({
      id,
      destination: 'near',
      ok: true,
      level: 'digest',
      problems: [],
      read: made.bytes.length,
    });
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['truncated', (bytes) => bytes.subarray(0, -1)],
    ['truncated to nothing', (bytes) => bytes.subarray(0, 0)],
    ['truncated where a chunk ends', (bytes) => bytes.subarray(0, bytes.length - (bytes.length % 16 || 16))],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['flipped in its first byte', (bytes) => flipped(bytes, 0)],
    ['flipped in its header', (bytes) => flipped(bytes, 60)],
    ['flipped in the middle', (bytes) => flipped(bytes, Math.floor(bytes.length / 2))],
    ['flipped in its last byte', (bytes) => flipped(bytes, bytes.length - 1)],
  ])('finds that a snapshot is %s, with what was expected and what was found', async (_, change) => {
    const held = await inItsPlace(change(Buffer.from(made.bytes)));
    for (const keyring of [{ identities: [IDENTITY] }, null]) {
      const { ok, problems } = await verified(held, keyring);
      expect(ok).toBe(false);
      expect(problems[0]).toMatchObject({
        expected: held.digest16,
        found: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      });
      expect(problems[0]?.found).not.toBe(held.digest16);
    }
  });

  test('finds that another snapshot of the same instance stands in its place', async () => {
    const other = await packed([directory('state'), file('state/note', 'older')]);
    const held = await inItsPlace(other.bytes);
    expect(await verified(held)).toMatchObject({
      ok: false,
      problems: [{ expected: held.digest16, found: other.digest }, {}],
    });
    expect(await verified(held, null)).toMatchObject({ ok: false, level: 'digest' });
  });

  test('finds that it was renamed to another instance or time', async () => {
    const key = snapshotKey('other', snapshotId(FACTS.createdAt, made.digest));
    const { ok, problems } = await verified(await stored(made, [near], key));
    expect({ ok, problems }).toEqual({
      ok: false,
      problems: [{ message: expect.stringContaining('renamed') as string }],
    });
  });

  test('finds that nobody trusted has signed it', async () => {
    const unsigned = await packed([directory('state'), file('state/note', 'x')], { sign: () => '' });
    const { ok, problems } = await verified(await stored(unsigned, [near]));
    expect({ ok, problems }).toEqual({
      ok: false,
      problems: [{ message: 'the snapshot has a signature that cannot be read' }],
    });
  });

  test('says no to a snapshot of something that was damaged when it was captured, but not for a note', async () => {
    const warnings = [
      { path: 'state/a.sqlite', message: 'database cannot be copied', severity: 'damage' },
      { path: 'state/b', message: 'changed while it was read', severity: 'note' },
    ] as const;
    const damaged = await packed([directory('state'), file('state/note', 'x')], { facts: { warnings } });
    expect(await verified(await stored(damaged, [near]))).toMatchObject({
      ok: false,
      level: 'full',
      problems: [{ path: 'state/a.sqlite', message: 'when it was captured: database cannot be copied' }],
    });
    const noted = await packed([directory('state'), file('state/note', 'y')], {
      facts: { warnings: warnings.slice(1) },
    });
    expect(await verified(await stored(noted, [near]))).toMatchObject({ ok: true, problems: [] });
  });

  test('is an error, not an answer, when no identity opens it or nobody answers', async () => {
    const held = await stored(made, [near]);
    await expect(verified(held, { identities: [] })).rejects.toMatchObject({ code: 'NO_IDENTITY' });
    const down = { name: 'down', storage: away(memoryStorage()) };
    await expect(verified({ ...held, holders: [down] })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
