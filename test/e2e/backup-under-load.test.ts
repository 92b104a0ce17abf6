import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary.ts';
import { backUpUnderLoad, isTorn, proveBoots, proveRestored, startProduction } from '../support/under-load.ts';

test(
  '20 backups of a Gateway that writes all the time restore whole, where a plain tar does not',
  { timeout: 400_000 },
  async () => {
    await using place = await temporaryDirectory();
    const production = await startProduction(join(place.path, 'home'), inject('openclaw'));
    await using gateway = production.gateway;
    const { rounds, tars } = await backUpUnderLoad(production, {
      rounds: 20,
      tarEvery: 7,
      messageBytes: 4000,
      messagesFirst: 200,
    });
    await gateway.stop();

    const homes: string[] = [];
    for (const round of rounds) homes.push(await proveRestored(production, round));
    for (const home of [homes.at(0), homes.at(-1)]) await proveBoots(production, home ?? '');

    expect(tars.some(isTorn)).toBe(true);
  },
);
