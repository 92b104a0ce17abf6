import { randomBytes } from 'node:crypto';
import { readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import type { Captured } from '../../../../src/core/archive/pack.ts';
import type { Entry } from '../../../../src/core/archive/manifest.ts';
import { contentsOf } from '../../../../src/core/archive/contents.ts';
import { drain } from '../../../../src/core/archive/met.ts';
import { passThrough } from '../../../../src/core/archive/pass.ts';
import type { Snapshot } from '../../../../src/core/archive/snapshot.ts';
import { IDENTITY, directory, file, opened, packed, sourceOf, symlink, TRUST } from '../../../support/snapshots.ts';
import { Snapshot as OpenSnapshot } from '../../../../src/core/archive/snapshot.ts';
import { bufferOf } from '../../../support/snapshots.ts';
import { stock } from '../../../support/stock.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const MiB = 1024 * 1024;
const LONG = `${'very-long-directory-name/'.repeat(8)}ünïcödé ☃`;

const CAPTURED: readonly Captured[] = [
  directory('state'),
  file('state/openclaw.json', '{ gateway: {} }'),
  file('state/empty', ''),
  directory('state/media'),
  file('state/media/picture', randomBytes(5 * MiB + 3)),
  file('state/note', 'small\n'),
  symlink('state/link', 'media/picture'),
  symlink('state/away', '/srv/elsewhere', { outside: true }),
  ...Array.from({ length: 8 }, (_, depth) =>
    directory(
      `state/${LONG.split('/')
        .slice(0, depth + 1)
        .join('/')}`,
    ),
  ),
  file(`state/${LONG}`, 'deep'),
];

async function passed(snapshot: Snapshot, digest: string): Promise<Entry[]> {
  const entries = await snapshot.entries();
  const met: Entry[] = [];
  for await (const { entry, content } of passThrough(snapshot, { digest16: digest.slice(0, 16), entries })) {
    await drain(content);
    met.push(entry);
  }
  return met;
}

describe('a snapshot', () => {
  test('pack → seal → open → pass is the identity', async () => {
    const { bytes, digest, manifest } = await packed(CAPTURED, { environment: "TOKEN='x'\n" });
    const snapshot = await opened(bytes);
    expect(snapshot.manifest).toEqual(manifest);
    expect((await passed(snapshot, digest)).map(({ path }) => path)).toEqual(CAPTURED.map(({ path }) => path));
    for (const entry of await snapshot.entries()) {
      const source = CAPTURED.find(({ path }) => path === entry.path);
      if (entry.type !== 'file' || source?.type !== 'file') continue;
      expect((await bufferOf(snapshot.content(entry))).equals(source.content as Buffer), entry.path).toBe(true);
    }
    expect((await snapshot.attachment('clawback/environment.env'))?.toString()).toBe("TOKEN='x'\n");
  });

  test('stock age, zstd and tar extract it', async () => {
    await using home = await temporaryDirectory();
    const { bytes } = await packed(CAPTURED);
    const identity = join(home.path, 'identity.txt');
    await import('node:fs/promises').then(({ writeFile }) => writeFile(identity, IDENTITY));
    const tar = await stock('zstd', ['-d', '-q'], await stock('age', ['-d', '-i', identity], bytes));
    await stock('tar', ['-x', '-p', '-C', home.path], tar);
    const state = join(home.path, 'payload/state');
    expect(await readFile(join(state, LONG), 'utf8')).toBe('deep');
    expect(await readlink(join(state, 'link'))).toBe('media/picture');
    expect((await stat(join(state, 'note'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(state, 'note'))).mtimeMs).toBe(1_700_000_000_000);
    expect((await stat(join(state, 'media/picture'))).size).toBe(5 * MiB + 3);
    expect(await readFile(join(home.path, 'clawback/README.txt'), 'utf8')).toContain('age -d -i');
  });

  test('repacked by stock zstd and age, in one frame without a seek table, it still opens and passes', async () => {
    await using home = await temporaryDirectory();
    const { bytes, manifest } = await packed(CAPTURED);
    const identity = join(home.path, 'identity.txt');
    await import('node:fs/promises').then(({ writeFile }) => writeFile(identity, IDENTITY));
    const tar = await stock('zstd', ['-d', '-q'], await stock('age', ['-d', '-i', identity], bytes));
    const recipient = 'age1a89p874h0dpk0ymvw2yk0fyuxkyp2rkru5a3s2shezgxf20qcd3s9jvmvl';
    const again = await stock('age', ['-r', recipient], await stock('zstd', ['-9', '-q', '-c'], tar));
    const snapshot = await opened(again);
    expect(snapshot.manifest).toEqual(manifest);
    const { createHash } = await import('node:crypto');
    expect(await passed(snapshot, createHash('sha256').update(again).digest('hex'))).toHaveLength(CAPTURED.length);
    const [note] = await snapshot.entriesAt('state/note');
    expect(note?.type === 'file' && (await bufferOf(snapshot.content(note))).toString()).toBe('small\n');
  });

  test('one small file of a large snapshot costs a few hundred kilobytes', async () => {
    const noise = Array.from({ length: 40 }, (_, i) => file(`state/noise-${i}`, randomBytes(300_000)));
    const many = Array.from({ length: 5000 }, (_, i) => file(`state/many-${String(i).padStart(5, '0')}`, `line ${i}`));
    const { bytes } = await packed([directory('state'), ...noise, file('state/wanted', 'here'), ...many]);
    const counted = sourceOf(bytes);
    const snapshot = await OpenSnapshot.open(counted, { identities: [IDENTITY] }, TRUST);
    const [wanted] = await snapshot.entriesAt('state/wanted');
    expect(wanted?.type === 'file' && (await bufferOf(snapshot.content(wanted))).toString()).toBe('here');
    expect(bytes.length).toBeGreaterThan(12_000_000);
    expect(counted.bytesRead).toBeLessThan(1_700_000);
  });
});

describe('contentsOf', () => {
  const many = Array.from({ length: 3000 }, (_, i) => file(`state/many-${String(i).padStart(4, '0')}`, `line ${i}\n`));
  const noise = Array.from({ length: 20 }, (_, i) => file(`state/noise-${i}`, randomBytes(300_000)));
  const captured = [directory('state'), ...many.slice(0, 1500), ...noise, ...many.slice(1500), file('state/last', '')];

  const read = async (wanted: (path: string) => boolean): Promise<{ found: Map<string, string>; cost: number }> => {
    const { bytes } = await packed(captured);
    const counted = sourceOf(bytes);
    const snapshot = await OpenSnapshot.open(counted, { identities: [IDENTITY] }, TRUST);
    const entries = await snapshot.entries();
    const files = entries.filter((entry) => entry.type === 'file').filter(({ path }) => wanted(path));
    const before = counted.bytesRead;
    const found = new Map<string, string>();
    for await (const { entry, content } of contentsOf(snapshot, files.reverse())) {
      found.set(entry.path, (await bufferOf(content)).toString());
    }
    return { found, cost: counted.bytesRead - before };
  };

  test('reads thousands of small files for about what they take, and not what lies between them', async () => {
    const { found, cost } = await read((path) => path.startsWith('state/many-'));
    expect(found.size).toBe(3000);
    for (const [path, content] of found) expect(content).toBe(`line ${Number(path.slice(-4))}\n`);
    expect(cost).toBeLessThan(1_500_000);
  });

  test('reads empty files, single ones, and none', async () => {
    expect((await read((path) => path === 'state/last')).found).toEqual(new Map([['state/last', '']]));
    expect((await read((path) => path === 'state/many-2999')).found.get('state/many-2999')).toBe('line 2999\n');
    expect((await read(() => false)).found.size).toBe(0);
  });
});

describe('refuses', () => {
  const refusal = async (captured: readonly Captured[]): Promise<unknown> => {
    const { bytes, digest } = await packed(captured);
    return passed(await opened(bytes), digest).then(
      () => 'accepted',
      (error: unknown) => error,
    );
  };

  test.each<[string, readonly Captured[]]>([
    ['a path with ..', [directory('state'), file('state/../../etc/passwd', 'x')]],
    ['an absolute path', [directory('state'), file('/etc/passwd', 'x')]],
    ['an empty path segment', [directory('state'), file('state//x', 'x')]],
    ['a link that escapes, absolute', [directory('state'), symlink('state/link', '/etc')]],
    ['a link that escapes, relative', [directory('state'), symlink('state/link', '../../etc')]],
    [
      'a link out of its root into a sibling with the same prefix',
      [directory('state'), symlink('state/link', '../state-2/x')],
    ],
    ['a file below a link', [directory('state'), symlink('state/link', '.'), file('state/link/x', 'x')]],
    ['a file below a file', [directory('state'), file('state/a', 'x'), file('state/a/b', 'x')]],
    ['a duplicate entry', [directory('state'), file('state/a', 'x'), file('state/a', 'y')]],
    ['a duplicate that is a link first', [directory('state'), symlink('state/a', 'b'), file('state/a', 'y')]],
    ['an entry outside every root', [directory('state'), directory('other'), file('other/a', 'x')]],
    ['a root that is a link', [symlink('state', '/etc', { outside: true })]],
  ])('%s, even if a trusted key signed it', async (_, captured) => {
    expect(await refusal(captured)).toMatchObject({ code: 'INTEGRITY' });
  });

  test('a snapshot of another instance: signed by a key that is not trusted', async () => {
    const { bytes } = await packed(CAPTURED);
    const stranger = { signers: ['ed25519:AAAA' as never], allowUnsigned: false };
    await expect(opened(bytes, { trust: stranger })).rejects.toMatchObject({ code: 'UNTRUSTED' });
    expect((await opened(bytes, { trust: { signers: [], allowUnsigned: true } })).signer).toBeNull();
  });

  test.each([
    ['no signature', ''],
    ['a signature that is no JSON', 'signed, me'],
  ])('%s', async (_, signature) => {
    const { bytes } = await packed(CAPTURED, { sign: () => signature });
    await expect(opened(bytes)).rejects.toMatchObject({ code: 'UNTRUSTED' });
  });

  test('a manifest that was altered after it was signed', async () => {
    const { encodeSignature } = await import('../../../../src/core/archive/trust.ts');
    const { SIGNING_SECRET } = await import('../../../support/snapshots.ts');
    const { bytes } = await packed(CAPTURED, {
      sign: (m) => encodeSignature(SIGNING_SECRET, Buffer.concat([m, Buffer.from(' ')])),
    });
    await expect(opened(bytes)).rejects.toMatchObject({ code: 'INTEGRITY' });
    await expect(opened(bytes, { trust: { ...TRUST, allowUnsigned: true } })).rejects.toMatchObject({
      code: 'INTEGRITY',
    });
  });

  test('a renamed or swapped object: its digest is not the one in its key', async () => {
    const { bytes } = await packed(CAPTURED);
    await expect(passed(await opened(bytes), '0'.repeat(64))).rejects.toMatchObject({ code: 'INTEGRITY' });
  });

  test('another identity', async () => {
    const { bytes } = await packed(CAPTURED);
    await expect(opened(bytes, { identities: [await generateX25519Identity()] })).rejects.toMatchObject({
      code: 'NO_IDENTITY',
    });
  });

  test('a format that it does not know, and says so', async () => {
    const { bytes } = await packed(CAPTURED, { facts: { format: 3 as never } });
    await expect(opened(bytes)).rejects.toMatchObject({
      code: 'FAILED',
      hint: expect.stringContaining('install') as string,
    });
  });
});
