import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeTarHeader } from '../../../../src/core/archive/tar.ts';
import { END_OF_TAR, padding } from '../../../../src/core/archive/tar-block.ts';
import { type Task, Unpacker } from '../../../../src/core/unpack/unpacker.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

/** Where the stretch lies in the tar. */
const POSITION = 4096;
const HEADER = { type: 'file', mode: 0o600, uid: 0, gid: 0, mtime: 0 } as const;

function entryOf(path: string, content: string): Buffer {
  const header = encodeTarHeader(path, { ...HEADER, size: content.length });
  return Buffer.concat([header, Buffer.from(content), padding(content.length)]);
}

function taskOf(path: string, content: string, more: Partial<Task> = {}): Task {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { path, below: 'payload/', offset: POSITION + 512, size: content.length, sha256, make: null, ...more };
}

function unpacked(tasks: readonly Task[], tar: Buffer, { isLast = false, pieces = tar.length } = {}): Unpacker {
  const unpacker = new Unpacker({ position: POSITION, tasks });
  for (let at = 0; at < tar.length; at += pieces) unpacker.push(tar.subarray(at, at + pieces));
  unpacker.finish({ isLast });
  return unpacker;
}

const A = entryOf('payload/state/a', 'content of a');

describe('Unpacker', () => {
  test.each([7, 512, 600, 5000])('writes what it must in pieces of %i bytes, and tells the rest', async (pieces) => {
    await using scope = await temporaryDirectory();
    const path = join(scope.path, 'a');
    const make = { path, mode: 0o600, thenMode: 0o640, thenOwner: null, mtime: 1_700_000_000_123 };
    const tar = Buffer.concat([A, entryOf('clawback/manifest.json', '{}'), END_OF_TAR]);
    const unpacker = unpacked([taskOf('state/a', 'content of a', { make })], tar, { isLast: true, pieces });
    expect(await readFile(path, 'utf8')).toBe('content of a');
    const { mode, mtimeMs } = await stat(path);
    expect([mode & 0o777, mtimeMs]).toEqual([0o640, 1_700_000_000_123]);
    expect(unpacker.others()).toEqual([
      { path: 'clawback/manifest.json', type: 'file', size: 2, offset: POSITION + 3 * 512 },
    ]);
  });

  test.each<[string, readonly Task[], Buffer, RegExp]>([
    [
      'an end before the end',
      [taskOf('state/a', 'content of a')],
      Buffer.concat([A, END_OF_TAR]),
      /does not end where/,
    ],
    ['an entry that goes on', [taskOf('state/a', 'content of a')], A.subarray(0, -1), /does not end where/],
    ['a header that goes on', [], A.subarray(0, 100), /does not end where/],
    ['another path', [taskOf('state/b', 'content of a')], A, /"state\/b" is not in the archive what/],
    ['another size', [taskOf('state/a', 'content of a, and')], A, /"state\/a" is not in the archive what/],
    ['another content', [taskOf('state/a', 'CONTENT OF A')], A, /state\/a is not what was captured/],
    ['a missing entry', [taskOf('state/a', 'content of a', { offset: POSITION })], A, /lacks "payload\/state\/a"/],
    ['a missing last entry', [taskOf('state/a', 'x')], Buffer.alloc(0), /lacks "payload\/state\/a"/],
  ])('refuses %s', (_, tasks, tar, message) => {
    expect(() => unpacked(tasks, tar)).toThrow(
      expect.objectContaining({ code: 'INTEGRITY', message: expect.stringMatching(message) as string }),
    );
  });

  test('writes nothing of a small file that is not what was captured', async () => {
    await using scope = await temporaryDirectory();
    const path = join(scope.path, 'a');
    const make = { path, mode: 0o600, thenMode: null, thenOwner: null, mtime: 0 };
    expect(() => unpacked([taskOf('state/a', 'CONTENT OF A', { make })], A)).toThrow('not what was captured');
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
