import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Captured } from '../../../../src/core/archive/pack.ts';
import { passThrough } from '../../../../src/core/archive/pass.ts';
import { extract } from '../../../../src/core/restore/extract.ts';
import { listing } from '../../../support/listing.ts';
import { directory, file, opened, packed, symlink } from '../../../support/snapshots.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

/** Any name that a file system takes and JSON and UTF-8 can say; Clawback's own are left out of every capture. */
const names = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => !/[/\0]/.test(name) && !['.', '..', 'openclaw.json', '.env'].includes(name) && name.isWellFormed());

const contents = fc.oneof(
  fc.string({ maxLength: 60 }).map((text) => Buffer.from(text)),
  fc.integer({ min: 0, max: 200_000 }).map((size) => Buffer.alloc(size, 'repeated ')),
);

type Node = { content: Buffer } | { link: string } | { below: Record<string, Node> };

const trees = fc.letrec<{ node: Node; below: Record<string, Node> }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    contents.map((content) => ({ content })),
    names.map((link) => ({ link })),
    tie('below').map((below) => ({ below })),
  ),
  below: fc.dictionary(names, tie('node'), { maxKeys: 5 }),
})).below;

function* entriesOf(path: string, below: Record<string, Node>): Generator<Captured> {
  for (const [name, node] of Object.entries(below)) {
    const at = `${path}/${name}`;
    if ('content' in node) yield file(at, node.content);
    else if ('link' in node) yield symlink(at, node.link);
    else {
      yield directory(at);
      yield* entriesOf(at, node.below);
    }
  }
}

function* expectedOf(path: string, below: Record<string, Node>): Generator<[string, string | null]> {
  for (const [name, node] of Object.entries(below)) {
    const at = path === '' ? name : `${path}/${name}`;
    if ('content' in node) yield [at, node.content.toString()];
    else if ('link' in node) yield [at, `-> ${node.link}`];
    else {
      yield [at, null];
      yield* expectedOf(at, node.below);
    }
  }
}

test('whatever tree is packed, sealed, opened and extracted, it is the same tree', async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (below) => {
      await using home = await temporaryDirectory();
      const { bytes } = await packed([
        directory('state'),
        file('state/openclaw.json', '{}'),
        ...entriesOf('state', below),
      ]);
      const digest16 = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      const snapshot = await opened(bytes);
      const pass = passThrough(snapshot, { digest16, entries: await snapshot.entries() });
      const places = new Map([['state', join(home.path, 'target')]]);
      const finish = await extract(pass, { places, owners: false, signal: new AbortController().signal });
      finish();
      const expected = Object.fromEntries([['openclaw.json', '{}'], ...expectedOf('', below)]);
      expect(await listing(join(home.path, 'target'))).toEqual(expected);
    }),
    { numRuns: 60, examples: [[Object.fromEntries([['__proto__', { below: {} }]])]] },
  );
}, 60_000);
