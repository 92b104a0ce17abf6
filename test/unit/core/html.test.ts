import fc from 'fast-check';
import { expect, it } from 'vitest';
import { html, Html } from '../../../src/core/html.ts';

it('escapes what it is given, in content and in attributes', () => {
  expect(html`<a title="${`"'><script>`}">${'a < b & c'}</a>`.text).toBe(
    '<a title="&quot;&#39;&gt;&lt;script&gt;">a &lt; b &amp; c</a>',
  );
});

it('puts pieces of HTML in as they are, several one after the other, and nothing for null', () => {
  const items = ['a', '<b>'].map((text) => html`<i>${text}</i>`);
  expect(html`${items}${null}${new Html('<hr>')}${3}`.text).toBe('<i>a</i><i>&lt;b&gt;</i><hr>3');
});

it('leaves no text a way out, nor one to turn the direction of writing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']|(?![\t\n\u200D])[\p{Cc}\p{Cf}]|&(?!amp;|lt;|gt;|quot;|#39;)/u);
    }),
  );
});
