import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diet } from '../../../src/core/diet-report.ts';
import { listing } from '../../support/listing.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';
import { hostWith } from './openclaw/host.ts';

test('a rehearsal weighs what would be captured and what is left out, the largest first, and writes nothing', async () => {
  await using home = await temporaryDirectory();
  await tree(join(home.path, '.openclaw'), {
    'openclaw.json': '{}',
    'workspace/a': 'x'.repeat(300),
    'workspace/deep/b': 'x'.repeat(200),
    'media/c': 'x'.repeat(400),
    'logs/gateway.log': 'x'.repeat(50),
  });
  const before = await listing(home.path);
  const rules = { exclude: ['media/**'], include: [], own: [] };
  const found = await diet({ host: hostWith(home.path), stateDir: null, destinations: [], diet: rules });
  expect(found).toMatchObject({
    captured: [
      { path: 'state/workspace', files: 2, bytes: 500 },
      { path: 'state/openclaw.json', files: 1, bytes: 2 },
    ],
    excluded: [
      { path: 'state/logs', reason: 'logs', bytes: 50 },
      { path: 'state/media', reason: 'excluded by the config', bytes: 400 },
    ],
    files: 3,
    bytes: 502,
  });
  expect(await listing(home.path)).toEqual(before);
});
