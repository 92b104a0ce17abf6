import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeEnvironment, encodeEnvironment } from '../../../../src/core/openclaw/dotenv.ts';

const names = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/).filter((name) => !name.startsWith('CLAWBACK_BASE64_'));

/** Any text, and texts made of the characters that dotenv files trip over. */
const values = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(...['"', "'", '`', '\\', '\n', '\r', '$', '#', '=', ' ', '\t', '{', '}', 'n', 'é', '𝄞']),
  }),
);

it('reads back every value exactly', () => {
  fc.assert(
    fc.property(fc.dictionary(names, values), (environment) => {
      expect(decodeEnvironment(encodeEnvironment(environment))).toEqual({ ...environment });
    }),
  );
});

it('writes what stock dotenv readers read, wherever dotenv has a spelling', () => {
  fc.assert(
    fc.property(fc.dictionary(names, values), (environment) => {
      const read = parseEnv(encodeEnvironment(environment));
      for (const [name, value] of Object.entries(environment)) {
        if (Object.hasOwn(read, name)) expect(read[name]).toBe(value);
        else expect(read[`CLAWBACK_BASE64_${name}`]).toBe(Buffer.from(value).toString('base64'));
      }
    }),
  );
});

it('is legible for the usual kinds of secrets', () => {
  const text = encodeEnvironment({
    TOKEN: 'a3f9',
    URL: 'https://x.example/a?b=1',
    NOTE: `it's $5 # not`,
    KEY: '-----\nab\n-----\n',
  });
  expect(text).toBe(
    ["KEY='-----", 'ab', "-----\n'", "NOTE=`it's $5 # not`", 'TOKEN=a3f9', "URL='https://x.example/a?b=1'", ''].join(
      '\n',
    ),
  );
});

it('refuses a name that no shell accepts', () => {
  expect(() => encodeEnvironment({ 'a b': '1' })).toThrow(expect.objectContaining({ code: 'FAILED' }) as Error);
});
