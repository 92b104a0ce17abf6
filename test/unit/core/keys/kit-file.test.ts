import { Encrypter } from 'age-encryption';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html, unescapeHtml } from '../../../../src/core/html.ts';
import { readKit } from '../../../../src/core/keys/kit-file.ts';
import { kitPage } from '../../../../src/core/keys/kit-page.ts';
import { formatKit } from '../../../../src/core/keys/kit.ts';
import { KIT, kitOf } from '../../../support/kit.ts';

const refuse = () => Promise.reject(new Error('asked for a passphrase'));
const read = (text: string) => readKit(Buffer.from(text), refuse);

describe.each([
  ['text', formatKit],
  ['HTML', kitPage],
])('a kit in %s', (_, format) => {
  it('is read back as what it was made of, whatever its destinations are called', async () => {
    const url = new URL('s3://bucket/claw?region=eu&endpoint=https://x/<b>"&amp;\'');
    const facts = kitOf({ destinations: [...KIT.destinations, { name: `</pre><b> ('&lt;`, url }] });
    expect(await read(format(facts))).toEqual({
      instance: 'prod-1',
      destinations: facts.destinations.map(({ name, url }) => ({ name, location: url.href })),
      recipients: KIT.recipients,
      identities: [KIT.identity.secret],
      signers: [KIT.signer],
    });
  });

  it('that is cut short is refused, and its text not repeated', async () => {
    const text = format(KIT);
    const cut = text.slice(0, text.lastIndexOf(KIT.identity.secret) + 40);
    const error: unknown = await read(cut).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'CONFIG' });
    expect(String(error)).not.toContain(KIT.identity.secret.slice(0, 30));
  });
});

it('a kit as earlier releases wrote it is read', async () => {
  const lines = ['# instance:     prod-1', '# destination:  file:///mnt/nas (nas)', '# sealed to:    age1short…'];
  expect(await read([...lines, KIT.identity.secret].join('\r\n'))).toMatchObject({
    instance: 'prod-1',
    destinations: [{ name: 'nas', location: 'file:///mnt/nas' }],
    recipients: [KIT.identity.recipient],
  });
});

it('a page that a browser has saved again is read', async () => {
  const saved = kitPage(KIT)
    .replace('<!doctype html>', '<!DOCTYPE html>\n<!-- saved from url=(0014)about:internet -->')
    .replace('<pre id="clawback-kit">', '<pre id="clawback-kit" style="">');
  expect(await read(saved)).toMatchObject({ instance: 'prod-1', identities: [KIT.identity.secret] });
});

it('a kit that is sealed with a passphrase is read', async () => {
  const encrypter = new Encrypter();
  encrypter.setPassphrase('four random words here');
  encrypter.setScryptWorkFactor(10);
  const sealed = await encrypter.encrypt(formatKit(KIT));
  expect(await readKit(sealed, () => Promise.resolve('four random words here'))).toMatchObject({ instance: 'prod-1' });
});

it.each([
  ['an identity file', `# clawback signer: ${KIT.signer}\n${KIT.identity.secret}\n`],
  ['any other page', '<!doctype html><p>hello</p>'],
  ['nothing', ''],
])('%s is no kit', async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'CONFIG', hint: expect.stringContaining('--from') as string });
});

it('what is escaped is the same when it is read', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(unescapeHtml(html`${text}`.text)).toBe(text);
    }),
  );
});
