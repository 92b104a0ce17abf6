import { expect, test } from 'vitest';
import { netrcEntry } from '../../../../src/adapters/storage/netrc.ts';

const TEXT = `# machine dav.example login nobody password nothing
machine dav.example login me password p#w
machine other.example
  login you
  password q
default login anonymous password guest
`;

test.each([
  ['dav.example', { login: 'me', password: 'p#w' }],
  ['other.example', { login: 'you', password: 'q' }],
  ['elsewhere.example', { login: 'anonymous', password: 'guest' }],
])('a .netrc lets %s be logged in to', (host, entry) => {
  expect(netrcEntry(TEXT, host)).toEqual(entry);
});

test.each(['', 'machine a login x', 'machine b login x password y', 'login x password y'])(
  '%j says nothing of host a',
  (text) => {
    expect(netrcEntry(text, 'a')).toBeNull();
  },
);
