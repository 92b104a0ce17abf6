import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bech32 } from '@scure/base';
import {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpenedSource, seal } from '../../../../src/core/archive/sealed.ts';
import { bufferOf, each, IDENTITY, RECIPIENT, sourceOf } from '../../../support/snapshots.ts';
import { stock } from '../../../support/stock.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

const CHUNK = 64 * 1024;
const SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7];

const sealed = (plain: Buffer, recipients = [RECIPIENT]): Promise<Buffer> => bufferOf(seal(each([plain]), recipients));

async function open(bytes: Buffer, identity = IDENTITY): Promise<OpenedSource> {
  return OpenedSource.open(sourceOf(bytes), { identities: [identity] });
}

describe('seal', () => {
  test.each(SIZES)('stock age opens what we seal: %i bytes', async (size) => {
    await using home = await temporaryDirectory();
    const identity = join(home.path, 'identity.txt');
    await writeFile(identity, IDENTITY);
    const plain = randomBytes(size);
    expect(await stock('age', ['-d', '-i', identity], await sealed(plain))).toEqual(plain);
  });

  test.each(SIZES)('we open what stock age seals: %i bytes', async (size) => {
    const plain = randomBytes(size);
    const source = await open(await stock('age', ['-r', RECIPIENT], plain));
    expect(source.size).toBe(size);
    expect(await bufferOf(source.read(0, null))).toEqual(plain);
  });

  test('the library opens what we seal, and we what it seals, for classical and post-quantum keys', async () => {
    for (const identity of [await generateX25519Identity(), await generateHybridIdentity()]) {
      const recipient = await identityToRecipient(identity);
      const plain = randomBytes(CHUNK + 5);
      const decrypter = new Decrypter();
      decrypter.addIdentity(identity);
      expect(Buffer.from(await decrypter.decrypt(await sealed(plain, [recipient])))).toEqual(plain);
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      const source = await open(Buffer.from(await encrypter.encrypt(plain)), identity);
      expect(await bufferOf(source.read(0, null))).toEqual(plain);
    }
  });

  test('the header is what the library makes, but for what is made up for each', async () => {
    const other = await identityToRecipient(await generateX25519Identity());
    const encrypter = new Encrypter();
    for (const recipient of [RECIPIENT, other]) encrypter.addRecipient(recipient);
    const shape = (bytes: Uint8Array): string =>
      Buffer.from(bytes)
        .toString('latin1')
        .split('\n')
        .slice(0, 6)
        .join('\n')
        .replace(/(?<= |^)[\w+/]{43}$/gm, '*');
    const ours = shape(await sealed(Buffer.from('x'), [RECIPIENT, other]));
    expect(ours).toBe('age-encryption.org/v1\n-> X25519 *\n*\n-> X25519 *\n*\n--- *');
    expect(ours).toBe(shape(await encrypter.encrypt('x')));
  });

  test('what is to be sealed is asked for while the header is made, and let go if none can be', async () => {
    const seen: string[] = [];
    async function* plain(): AsyncGenerator<Buffer> {
      try {
        seen.push('asked');
        yield await Promise.resolve(Buffer.from('x'));
      } finally {
        seen.push('let go');
      }
    }
    const pieces = seal(plain(), []);
    await expect(pieces.next()).rejects.toMatchObject({ code: 'CONFIG' });
    await sleep(1);
    expect(seen).toEqual(['asked', 'let go']);
  });

  test('nothing is sealed to a key that everybody agrees with on the same secret', async () => {
    const zero = bech32.encodeFromBytes('age', new Uint8Array(32));
    await expect(sealed(Buffer.from('x'), [RECIPIENT, zero])).rejects.toMatchObject({ code: 'CONFIG' });
  });

  test('each of several recipients opens it', async () => {
    const other = await generateX25519Identity();
    const bytes = await sealed(Buffer.from('both'), [RECIPIENT, await identityToRecipient(other)]);
    for (const identity of [IDENTITY, other]) {
      expect((await bufferOf((await open(bytes, identity)).read(0, null))).toString()).toBe('both');
    }
  });

  test('we open what is sealed with a passphrase', async () => {
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase('correct horse');
    const bytes = Buffer.from(await encrypter.encrypt('within'));
    const source = await OpenedSource.open(sourceOf(bytes), { identities: [], passphrase: 'correct horse' });
    expect((await bufferOf(source.read(0, null))).toString()).toBe('within');
  });

  test('refuses to seal to nobody', async () => {
    await expect(sealed(Buffer.from('x'), [])).rejects.toMatchObject({ code: 'CONFIG' });
  });
});

describe('OpenedSource', () => {
  test('reads any range as the plaintext has it', async () => {
    const plain = randomBytes(3 * CHUNK + 100);
    const source = await open(await sealed(plain));
    const bound = fc.integer({ min: 0, max: plain.length + 10 });
    await fc.assert(
      fc.asyncProperty(bound, bound, async (start, end) => {
        expect(await bufferOf(source.read(start, end))).toEqual(plain.subarray(start, Math.max(start, end)));
      }),
      { numRuns: 60 },
    );
  });

  test('a small range reads one chunk, not the file', async () => {
    const bytes = await sealed(randomBytes(20 * CHUNK));
    const counted = sourceOf(bytes);
    const source = await OpenedSource.open(counted, { identities: [IDENTITY] });
    counted.bytesRead = 0;
    await bufferOf(source.read(10 * CHUNK + 5, 10 * CHUNK + 9));
    expect(counted.bytesRead).toBe(CHUNK + 16);
  });

  test('another identity does not open it', async () => {
    const bytes = await sealed(Buffer.from('secret'));
    await expect(open(bytes, await generateX25519Identity())).rejects.toMatchObject({ code: 'NO_IDENTITY' });
  });

  test('no identity at all is said plainly', async () => {
    await expect(OpenedSource.open(sourceOf(await sealed(Buffer.from('x'))), { identities: [] })).rejects.toMatchObject(
      {
        code: 'NO_IDENTITY',
      },
    );
  });

  test('every truncation is an INTEGRITY error, also at a chunk border', async () => {
    const bytes = await sealed(randomBytes(2 * CHUNK));
    const header = bytes.length - (2 * (CHUNK + 16) + 16);
    const cuts = [10, header + 8, header + 16, header + 20, header + 16 + CHUNK + 16, bytes.length - 1];
    for (const cut of cuts) {
      const reading = open(bytes.subarray(0, cut)).then((source) => bufferOf(source.read(0, null)));
      await expect(reading, `cut at ${cut} of ${bytes.length}`).rejects.toMatchObject({ code: 'INTEGRITY' });
    }
  });

  test('every flipped bit is an INTEGRITY error', async () => {
    const bytes = await sealed(randomBytes(CHUNK + 100));
    const positions = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(positions, fc.integer({ min: 0, max: 7 }), async (position, bit) => {
        const flipped = Buffer.from(bytes);
        flipped[position] = (flipped[position] ?? 0) ^ (1 << bit);
        const reading = open(flipped).then((source) => bufferOf(source.read(0, null)));
        // A bit within a recipient's stanza makes the identity not fit; nothing is released in either case.
        await expect(reading).rejects.toMatchObject({
          code: expect.stringMatching(/^(INTEGRITY|NO_IDENTITY)$/) as string,
        });
      }),
      { numRuns: 80 },
    );
  });

  test('two chunks that were swapped do not open', async () => {
    const bytes = await sealed(randomBytes(3 * CHUNK));
    const start = bytes.length - 3 * (CHUNK + 16);
    const swapped = Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(start + CHUNK + 16, start + 2 * (CHUNK + 16)),
      bytes.subarray(start, start + CHUNK + 16),
      bytes.subarray(start + 2 * (CHUNK + 16)),
    ]);
    const reading = open(swapped).then((source) => bufferOf(source.read(0, null)));
    await expect(reading).rejects.toMatchObject({ code: 'INTEGRITY' });
  });
});

describe('a stored file with several copies', () => {
  test('is read whole although several chunks of one piece are damaged, each copy in its own place', async () => {
    const plain = randomBytes(6 * CHUNK);
    const bytes = await sealed(plain);
    const damaged = (...places: number[]): Buffer => {
      const copy = Buffer.from(bytes);
      for (const at of places) copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const copies = [damaged(bytes.length - 10, bytes.length - 20 - CHUNK), damaged(bytes.length - 10 - 3 * CHUNK)];
    let current = 0;
    const source = await OpenedSource.open(
      {
        size: bytes.length,
        copies: copies.length,
        leave: () => (current += 1),
        // All in one piece.
        async *read(start, end) {
          yield await Promise.resolve(copies[current % copies.length]?.subarray(start, end ?? bytes.length) ?? bytes);
        },
      },
      { identities: [IDENTITY] },
    );
    expect((await bufferOf(source.read(0, null))).equals(plain)).toBe(true);
    expect(current).toBe(1);
  });
});
