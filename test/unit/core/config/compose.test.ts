import { expect, it } from 'vitest';
import { composeConfig } from '../../../../src/core/config/compose.ts';
import { configSchema } from '../../../../src/core/config/schema.ts';
import { parseSource } from '../../../../src/core/config/source.ts';
import { substitute } from '../../../../src/core/config/substitute.ts';
import type { Recipient } from '../../../../src/core/keys/recipients.ts';

it('what init writes is read back as it was meant, odd characters in paths included', () => {
  const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p' as Recipient;
  const text = composeConfig({
    instance: 'prod-1',
    stateDir: String.raw`/data/${'${HOME}'}/it's\here`,
    recipients: [{ recipient, note: 'this host' }],
    identity: '/etc/claw/identity.txt',
    destinations: [{ name: 'my-nas', url: new URL('file:///mnt/nas/claw%20s') }],
  });
  const base = { home: '/root', directory: '/etc/claw' };
  expect(configSchema(base).parse(substitute(parseSource(text, 'x'), {}, 'x'))).toEqual({
    instance: 'prod-1',
    stateDir: String.raw`/data/${'${HOME}'}/it's\here`,
    recipients: [recipient],
    identity: '/etc/claw/identity.txt',
    destinations: { 'my-nas': new URL('file:///mnt/nas/claw%20s') },
    retention: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 3 },
  });
});
