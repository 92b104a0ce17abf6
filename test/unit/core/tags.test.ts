import { describe, expect, it } from 'vitest';
import { parseTag, parseTagKey, tagKey } from '../../../src/core/tags.ts';

const ID = '20261122T203437Z-0123456789abcdef';

describe('a tag', () => {
  it('is known by its key', () => {
    const key = tagKey('prod-1', ID, 'before-upgrade');
    expect(key).toBe(`prod-1/tags/${ID}.before-upgrade`);
    expect(parseTagKey(key)).toEqual({ key, snapshot: ID, tag: 'before-upgrade' });
  });

  it.each([`prod-1/tags/${ID}`, `prod-1/tags/${ID}.`, `prod-1/tags/${ID}.A`, `prod-1/${ID}.x`, `tags/${ID}.x`])(
    'is not what %s names',
    (key) => {
      expect(parseTagKey(key)).toBeNull();
    },
  );

  it.each(['', 'Upgrade', 'a.b', 'a/b', '-a', 'x'.repeat(33)])('is not called "%s"', (name) => {
    expect(() => parseTag(name)).toThrow(/not a tag/);
  });
});
