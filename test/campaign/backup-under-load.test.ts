import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';
import { backUpUnderLoad, isTorn, proveBoots, proveRestored, startProduction } from '../support/under-load.ts';

test('20 backups of a large database under load all restore whole and boot, where most plain tars are corrupt', async () => {
  await using place = await temporaryDirectory();
  const production = await startProduction(join(place.path, 'home'), inject('openclaw'));
  await using gateway = production.gateway;
  const { rounds, tars } = await backUpUnderLoad(production, {
    rounds: 20,
    tarEvery: 1,
    messageBytes: 16_000,
    messagesFirst: 6000,
  });
  await gateway.stop();

  for (const round of rounds) {
    const home = await proveRestored(production, round);
    await proveBoots(production, home);
    await rm(home, { recursive: true });
  }
  const useless = tars.filter(isTorn).length;
  console.log(`plain tars that are corrupt or lack confirmed messages: ${useless} of ${tars.length}`);
  expect(useless).toBeGreaterThan(10);
});
