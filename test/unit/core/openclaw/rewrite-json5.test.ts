import fc from 'fast-check';
import JSON5 from 'json5';
import { expect, it } from 'vitest';
import { rewriteStrings } from '../../../../src/core/openclaw/rewrite-json5.ts';

it('changes string values in place and leaves every other byte', () => {
  const text = `\uFEFF// a comment with 'old'
{
  old: 'old', "old": "old", list: [ 'old', /* 'old' */ "keep", 0x1F, +.5, -Infinity, NaN, null, ],
  split: 'o\\
ld',
}
// 'old'
`;
  expect(rewriteStrings(text, (value) => (value === 'old' ? 'n\'e"w' : value))).toBe(`\uFEFF// a comment with 'old'
{
  old: 'n\\'e"w', "old": "n'e\\"w", list: [ 'n\\'e"w', /* 'old' */ "keep", 0x1F, +.5, -Infinity, NaN, null, ],
  split: 'n\\'e"w',
}
// 'old'
`);
});

it('keeps the numbers that JavaScript would round, and keys that it would sort', () => {
  const text = '{"b":12345678901234567890,"2":1.0,"1":"old"}';
  expect(rewriteStrings(text, () => 'new')).toBe('{"b":12345678901234567890,"2":1.0,"1":"new"}');
});

it('does to any document what doing it to the parsed value does', () => {
  const upper = (value: unknown): unknown =>
    typeof value === 'string'
      ? `${value}'"\\\n`
      : Array.isArray(value)
        ? value.map(upper)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, child]) => [key, upper(child)]))
          : value;
  const documents = fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(documents, fc.boolean(), (value, isJson5) => {
      const text = isJson5 ? JSON5.stringify(value, null, 1) : JSON.stringify(value);
      expect(JSON5.parse(rewriteStrings(text, (string) => `${string}'"\\\n`))).toEqual(
        JSON5.parse(JSON5.stringify(upper(value))),
      );
    }),
  );
});

it('throws on what is not JSON5', () => {
  expect(() => rewriteStrings('{ "a": ', (value) => value)).toThrow(SyntaxError);
});
