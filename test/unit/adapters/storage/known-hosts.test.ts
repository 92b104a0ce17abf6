import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { judgeHostKey, knownName, linesAbout, parseKnownHosts } from '../../../../src/adapters/storage/known-hosts.ts';

const KEY = Buffer.from('the key that is shown');
const SHOWN = KEY.toString('base64');
const OTHER = Buffer.from('another key').toString('base64');

function hashed(name: string): string {
  const salt = Buffer.from('0123456789abcdefghij');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function verdict(text: string, host = 'nas.lan', port = 22): string {
  return judgeHostKey(KEY, linesAbout(knownName(host, port), parseKnownHosts(text)));
}

describe('known_hosts', () => {
  test.each([
    ['the host by name', `nas.lan ssh-ed25519 ${SHOWN} a comment`, 'known'],
    ['one of several names', `other,nas.lan,10.0.0.1 ssh-ed25519 ${SHOWN}`, 'known'],
    ['a pattern', `*.lan ssh-ed25519 ${SHOWN}`, 'known'],
    ['a pattern with an exception', `*.lan,!nas.lan ssh-ed25519 ${SHOWN}`, 'unknown'],
    ['a dot that is no pattern', `nasxlan ssh-ed25519 ${SHOWN}`, 'unknown'],
    ['a hashed name', `${hashed('nas.lan')} ssh-ed25519 ${SHOWN}`, 'known'],
    ['a hash of another name', `${hashed('other.lan')} ssh-ed25519 ${SHOWN}`, 'unknown'],
    ['another key', `nas.lan ssh-ed25519 ${OTHER}`, 'changed'],
    ['both keys, as in the middle of a change', `nas.lan ssh-rsa ${OTHER}\nnas.lan ssh-ed25519 ${SHOWN}`, 'known'],
    ['the key as revoked', `nas.lan ssh-ed25519 ${SHOWN}\n@revoked * ssh-ed25519 ${SHOWN}`, 'revoked'],
    ['another key as revoked', `@revoked * ssh-ed25519 ${OTHER}`, 'unknown'],
    ['a certificate authority, which is not supported', `@cert-authority * ssh-ed25519 ${SHOWN}`, 'unknown'],
    ['nothing but comments', `# nas.lan ssh-ed25519 ${SHOWN}\n\n`, 'unknown'],
    ['the host on another port', `[nas.lan]:2222 ssh-ed25519 ${SHOWN}`, 'unknown'],
  ])('with %s', (_, text, expected) => {
    expect(verdict(text)).toBe(expected);
  });

  test('knows a host on another port by that port, and without regard to case', () => {
    expect(verdict(`[nas.lan]:2222 ssh-ed25519 ${SHOWN}`, 'NAS.lan', 2222)).toBe('known');
    expect(verdict(`${hashed('[nas.lan]:2222')} ssh-ed25519 ${SHOWN}`, 'nas.lan', 2222)).toBe('known');
    expect(verdict(`nas.lan ssh-ed25519 ${SHOWN}`, 'nas.lan', 2222)).toBe('unknown');
  });
});
