import { expect, test } from 'vitest';
import { formatCanary, parseCanary, pairedCanary } from '../../../../src/core/keys/canary.ts';

const CANARY = {
  deviceId: 'a'.repeat(64),
  privateKeyPem: '-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n',
  deviceToken: 'token',
};

test('what is written is read', () => {
  expect(parseCanary(formatCanary(CANARY))).toEqual(CANARY);
  expect(pairedCanary(formatCanary(CANARY))).toEqual(CANARY);
});

test('one that nobody has approved is of no use to a drill, and neither is a damaged one', () => {
  expect(pairedCanary(formatCanary({ ...CANARY, deviceToken: null }))).toBeUndefined();
  expect(pairedCanary('{ "deviceId": ')).toBeUndefined();
});

test('a file that is none is refused without repeating it', () => {
  const text = JSON.stringify({ ...CANARY, deviceId: 'secret too' });
  expect(() => parseCanary(text)).toThrow(expect.objectContaining({ code: 'CONFIG' }) as Error);
  expect(() => parseCanary(text)).not.toThrow(/secret/);
});
