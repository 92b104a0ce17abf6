import fc from 'fast-check';
import { it } from 'vitest';
import { grouped } from '../../../src/core/grouped.ts';

it('writes any whole number as English does', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), (count) => grouped(count) === count.toLocaleString('en')));
});
