import { compete, emptied } from '../contest.ts';
import type { Contestant } from '../contestants.ts';
import type { Result } from '../results.ts';
import { around, chosen, contest, firstOf, inMemory, type Setting } from '../setting.ts';

/** The first backup into an empty store. */
export async function backup(setting: Setting): Promise<Result[]> {
  const results: Result[] = [];
  for (const name of chosen(setting, ['mixed', 'media'])) {
    await using arena = await around(name, setting);
    const before = async (contestant: Contestant): Promise<void> => {
      await emptied(contestant, arena);
      await inMemory(arena);
    };
    const work = { name: 'first backup', command: firstOf, before, stores: true };
    results.push(...(await compete(work, contest(setting, name, arena))));
  }
  return results;
}
