import { expect, test } from 'vitest';
import { maskSecrets } from '../../../../src/adapters/gateway/masking.ts';

test('every secret is masked, also one within another', () => {
  expect(maskSecrets('tokens abcdefgh and abcdef here', ['abcdef', 'abcdefgh'])).toBe('tokens *** and *** here');
});

test('short values stay, since masking them would garble the text', () => {
  expect(maskSecrets('exited with 1', ['1', ''])).toBe('exited with 1');
});
