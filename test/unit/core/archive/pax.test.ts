import { expect, it } from 'vitest';
import { parsePax } from '../../../../src/core/archive/pax.ts';
import { drain } from '../../../../src/core/archive/met.ts';
import { passThrough } from '../../../../src/core/archive/pass.ts';
import { directory, file, opened, packed, symlink } from '../../../support/snapshots.ts';

const LONG = 'x'.repeat(120);

it.each(['a\nb', `${LONG}\nb`, `${LONG}\n12 size=9999`, `ü\n11 path=zz`])(
  'a name with a line end comes back, and smuggles no record in: %j',
  async (name) => {
    const { bytes, digest } = await packed([directory('state'), file(`state/${name}`, 'hi'), symlink('state/l', name)]);
    const snapshot = await opened(bytes);
    const entries = await snapshot.entries();
    for await (const { content } of passThrough(snapshot, { digest16: digest.slice(0, 16), entries }))
      await drain(content);
    expect(entries.map(({ path }) => path)).toContain(`state/${name}`);
  },
);

it.each(['', '0 a=b\n', '5 a=b\n', '7 a=b\n', '6 a:b\n', 'x a=b\n', ' a=b\n', '6 a=b ', '6 a=b\n6 '])(
  'records that make no sense are refused: %j',
  (body) => {
    expect(parsePax(Buffer.from(body))).toEqual(body === '' ? {} : null);
  },
);

it('reads what other writers put in', () => {
  const records = ['27 mtime=1350244992.023960108', '19 path=a=b\nc d=e ü'];
  const body = records.map((record) => `${record}\n`);
  const sized = body.map((record) => record.replace(/^\d+/, (n) => String(Buffer.byteLength(record) - n.length + 2)));
  expect(parsePax(Buffer.from(sized.join('')))).toEqual({ path: 'a=b\nc d=e ü' });
});
