import { change } from '../changes.ts';
import { compete } from '../contest.ts';
import type { Contestant } from '../contestants.ts';
import type { Result } from '../results.ts';
import { chosen, contest, fill, onCopy, type Setting } from '../setting.ts';

/** Backups of a state that is backed up already: as it was, and after a day's work. */
export async function repeat(setting: Setting): Promise<Result[]> {
  const results: Result[] = [];
  for (const name of chosen(setting, ['mixed', 'small'])) {
    await using arena = await onCopy(name, ['.'], setting);
    const contestants = setting.contestants.filter(({ remembers, name: who }) => remembers || who === 'tar, zstd, age');
    const here = { ...contest(setting, name, arena), contestants };
    for (const contestant of contestants) await fill(contestant, arena);
    const command = (contestant: Contestant): Contestant['backup'] => contestant.backup;
    results.push(...(await compete({ name: 'nothing changed', command, stores: true }, here)));
    // The small files say what it costs to find nothing; a day's work is alike in all states.
    if (name === 'small') continue;
    let round = 0;
    const beforeRound = (): Promise<void> => change(arena.state, `${name} ${round++}`);
    results.push(...(await compete({ name: '1 % changed', command, beforeRound, stores: true }, here)));
  }
  return results;
}
