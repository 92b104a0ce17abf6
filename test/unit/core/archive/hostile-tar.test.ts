import { createHash } from 'node:crypto';
import { Header } from 'tar';
import { describe, expect, test } from 'vitest';
import { compressFrames } from '../../../../src/core/archive/compress.ts';
import { drain } from '../../../../src/core/archive/met.ts';
import { passThrough, type PassOptions } from '../../../../src/core/archive/pass.ts';
import { readTar } from '../../../../src/core/archive/read-tar.ts';
import { seal } from '../../../../src/core/archive/sealed.ts';
import type { Snapshot } from '../../../../src/core/archive/snapshot.ts';
import { unpackAll } from '../../../../src/core/unpack/unpack-all.ts';
import { UnpackThreads } from '../../../../src/core/unpack/unpack-threads.ts';
import { bufferOf, directory, each, file, framed, opened, packed, RECIPIENT } from '../../../support/snapshots.ts';

const BLOCK = 512;

/** A block of tar header that Clawback would never write. */
function block(fields: ConstructorParameters<typeof Header>[0]): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  new Header(fields).encode(bytes);
  return bytes;
}

type Reader = (snapshot: Snapshot, options: PassOptions) => Promise<void>;

const inOneThread: Reader = async (snapshot, options) => {
  for await (const { content } of passThrough(snapshot, options)) await drain(content);
};

const inThreads: Reader = async (snapshot, options) => {
  const { signal } = new AbortController();
  await using threads = new UnpackThreads(signal);
  await unpackAll(snapshot, {
    ...{ ...options, withBase: true, threads, signal, onRead: () => undefined },
    make: () => null,
    take: () => Promise.reject(new Error('it was not read by several threads')),
  });
};

/** A properly signed and sealed snapshot whose tar somebody changed before sealing. */
async function forgedFor(reader: Reader, change: (tar: Buffer) => Buffer): Promise<unknown> {
  const honest = await packed([directory('state'), file('state/a', 'content of a'), file('state/b', 'content of b')]);
  const tar = await bufferOf((await opened(honest.bytes)).tar.readAll(() => undefined));
  const bytes = await bufferOf(seal(compressFrames(framed([change(tar)])), [RECIPIENT]));
  const digest16 = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
  try {
    const snapshot = await opened(bytes);
    await reader(snapshot, { digest16, entries: await snapshot.entries() });
    return 'accepted';
  } catch (error) {
    return error;
  }
}

/** Puts blocks before the first header that names `path`. */
const before =
  (path: string, ...blocks: Buffer[]) =>
  (tar: Buffer): Buffer => {
    const at = tar.indexOf(`${path}\0`);
    return Buffer.concat([tar.subarray(0, at), ...blocks, tar.subarray(at)]);
  };

describe.each([
  ['by one thread', inOneThread],
  ['by several', inThreads],
])('a tar that was changed before it was sealed is refused %s', (_name, reader) => {
  const forged = (change: (tar: Buffer) => Buffer): Promise<unknown> => forgedFor(reader, change);

  test('the forger changes nothing by itself', async () => {
    expect(await forged((tar) => tar)).toBe('accepted');
  });

  test.each([
    ['a hard link', block({ path: 'payload/state/link', type: 'Link', linkpath: '/etc/passwd' })],
    ['a character device', block({ path: 'payload/state/dev', type: 'CharacterDevice', devmaj: 1, devmin: 3 })],
    ['a block device', block({ path: 'payload/state/dev', type: 'BlockDevice' })],
    ['a fifo', block({ path: 'payload/state/pipe', type: 'FIFO' })],
    ['a GNU long name', block({ path: '././@LongLink', type: 'NextFileHasLongPath', size: 0 })],
    ['a global pax header', block({ path: 'pax', type: 'GlobalExtendedHeader', size: 0 })],
    ['an escaping link', block({ path: 'payload/state/out', type: 'SymbolicLink', linkpath: '../../../etc' })],
    ['a path with ..', block({ path: 'payload/state/../../../etc/passwd', type: 'File', size: 0 })],
    ['an absolute path', block({ path: '/etc/passwd', type: 'File', size: 0 })],
    ['a file that the manifest does not list', block({ path: 'payload/state/extra', type: 'File', size: 0 })],
    ['a second manifest signature', block({ path: 'clawback/manifest.sig', type: 'File', size: 0 })],
    ['a file of impossible size', block({ path: 'payload/state/huge', type: 'File', size: 8 * 1024 ** 3 - 1 })],
  ])('%s', async (_, header) => {
    expect(await forged(before('payload/state/b', header))).toMatchObject({
      code: expect.stringMatching(/INTEGRITY|UNTRUSTED/) as string,
    });
  });

  test('a duplicate entry', async () => {
    const duplicate = (tar: Buffer): Buffer => {
      const at = tar.indexOf('payload/state/a\0');
      return Buffer.concat([tar.subarray(0, at), tar.subarray(at, at + 2 * BLOCK), tar.subarray(at)]);
    };
    expect(await forged(duplicate)).toMatchObject({ code: 'INTEGRITY' });
  });

  test('an entry taken away', async () => {
    const without = (tar: Buffer): Buffer => {
      const at = tar.indexOf('payload/state/a\0');
      return Buffer.concat([tar.subarray(0, at), tar.subarray(at + 2 * BLOCK)]);
    };
    expect(await forged(without)).toMatchObject({ code: 'INTEGRITY' });
  });

  test('two contents exchanged', async () => {
    const exchanged = (tar: Buffer): Buffer => {
      const text = tar.toString('latin1');
      return Buffer.from(
        text
          .replace('content of a', 'CONTENT')
          .replace('content of b', 'content of a')
          .replace('CONTENT', 'content of b'),
        'latin1',
      );
    };
    expect(await forged(exchanged)).toMatchObject({ code: 'INTEGRITY' });
  });

  test('something after the end mark', async () => {
    expect(
      await forged((tar) => Buffer.concat([tar, block({ path: 'payload/state/late', type: 'File', size: 0 })])),
    ).toMatchObject({
      code: 'INTEGRITY',
    });
  });

  test('a missing end mark', async () => {
    expect(await forged((tar) => tar.subarray(0, tar.length - 2 * BLOCK))).toMatchObject({ code: 'INTEGRITY' });
  });

  test('a header with a wrong checksum', async () => {
    const bent = before(
      'payload/state/b',
      Buffer.concat([Buffer.from('payload/state/x'), block({ path: 'y', type: 'File', size: 0 }).subarray(15)]),
    );
    expect(await forged(bent)).toMatchObject({ code: 'INTEGRITY' });
  });
});

test('a pax header of a gigabyte is refused before it is read', async () => {
  const tar = block({ path: 'PaxHeader/x', type: 'ExtendedHeader', size: 1024 ** 3 });
  await expect(drain(readTar(each([tar])))).rejects.toMatchObject({ code: 'INTEGRITY' });
});
