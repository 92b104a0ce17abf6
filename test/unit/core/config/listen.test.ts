import { describe, expect, it } from 'vitest';
import { parseListen } from '../../../../src/core/config/listen.ts';

describe('parseListen', () => {
  it.each([
    ['127.0.0.1:9178', '127.0.0.1', 9178],
    ['[::1]:9178', '::1', 9178],
    ['metrics.internal:80', 'metrics.internal', 80],
    ['9178', '127.0.0.1', 9178],
  ])('reads %s', (text, host, port) => {
    expect(parseListen(text)).toEqual({ host, port });
  });

  it.each(['', ':9178', '::1:9178', '127.0.0.1:99999', 'http://127.0.0.1:9178'])('refuses "%s"', (text) => {
    expect(() => parseListen(text)).toThrow(/not an address/);
  });
});
