import { expect, test } from 'vitest';
import { aftercare } from '../../../../src/core/drill/aftercare.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const COUNTS = { agents: 1, sessions: 0, messages: 0, cronJobs: 0, devices: 0, channels: 0, plugins: 0 };

test('logins that age, plugins and links are named, and nothing else', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'credentials/whatsapp/default/creds.json': '{}' });
  const facts = { stateDir: place.path, config: { channels: { telegram: {} } }, links: [] };
  expect(aftercare({ ...facts, manifest: { counts: COUNTS } })).toMatchObject([
    { command: 'openclaw channels login --channel whatsapp' },
  ]);
  const links = [{ path: 'state/notes', target: '/mnt/notes' }];
  const channels = { matrix: {} };
  const all = aftercare({
    ...{ stateDir: '/nowhere', config: { channels }, links, manifest: { counts: { ...COUNTS, plugins: 2 } } },
  });
  expect(all.map(({ title }) => title.split(' ')[0])).toEqual(['state/notes', 'fetch', 'Matrix:']);
});
