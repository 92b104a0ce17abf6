import { expect, test } from 'vitest';
import { isOriginAllowed, isOriginKnown } from '../../../../src/core/openclaw/origins.ts';

function config(controlUi: object): object {
  return { gateway: { controlUi } };
}

test('browsers may have been at an address that is listed, or at the own port of this host', () => {
  const given = { gateway: { port: 19000, controlUi: { allowedOrigins: ['https://claw.example', '*'] } } };
  const known = ['https://claw.example', 'http://localhost:19000', 'http://127.0.0.1:19000'];
  expect(known.filter((origin) => !isOriginKnown(origin, given))).toEqual([]);
  expect(isOriginKnown('http://localhost:18789', given)).toBe(false);
  expect(isOriginKnown('http://localhost:18789', {})).toBe(true);
});

test('an address that is listed is allowed, in any case, and so is every one after a star', () => {
  const listed = config({ allowedOrigins: ['https://Claw.example'] });
  expect(isOriginAllowed('https://claw.example', listed)).toBe(true);
  expect(isOriginAllowed('https://claw.example:8443', listed)).toBe(false);
  expect(isOriginAllowed('https://other.example', config({ allowedOrigins: ['*'] }))).toBe(true);
  const fallback = config({ dangerouslyAllowHostHeaderOriginFallback: true });
  expect(isOriginAllowed('https://other.example', fallback)).toBe(true);
});

test.each([
  ...[
    'http://localhost:18789',
    'http://127.0.0.1:1',
    'http://192.168.1.5:18789',
    'http://172.20.0.2',
    'http://10.1.2.3',
  ],
  ...['http://nas.local:18789', 'https://host.tail1234.ts.net', 'http://[::1]:18789', 'http://[fd00::1]'],
])('%s can only be the gateway itself', (origin) => {
  expect(isOriginAllowed(origin, {})).toBe(true);
});

test.each(['https://claw.example', 'http://172.32.0.1', 'http://11.0.0.1', 'http://[2001:db8::1]', 'no address'])(
  '%s is not allowed unless it is listed',
  (origin) => {
    expect(isOriginAllowed(origin, {})).toBe(false);
  },
);
