import { tmpdir } from 'node:os';
import { anotherTarget, compete } from '../contest.ts';
import type { Contestant } from '../contestants.ts';
import type { Result } from '../results.ts';
import { around, chosen, contest, fill, type Setting } from '../setting.ts';

/** What comes after a backup: is it whole, all of it back, one file back. On a disk, as all restores are. */
export async function restore(setting: Setting): Promise<Result[]> {
  const [name = 'mixed'] = chosen(setting, ['mixed']);
  await using arena = await around(name, setting, { directory: tmpdir() });
  const contestants = setting.contestants.filter((contestant) => contestant.restore !== undefined);
  for (const contestant of contestants) await fill(contestant, arena);
  const here = { ...contest(setting, name, arena), contestants };
  const before = (): Promise<void> => anotherTarget(arena);
  const compare = (work: string, command: (one: Contestant) => Contestant['restore']): Promise<Result[]> =>
    compete({ name: work, command, before, stores: false }, here);
  return [
    ...(await compare('verify', (one) => one.verify)),
    ...(await compare('full restore', (one) => one.restore)),
    ...(await compare('one file of 10 kB', (one) => one.one)),
  ];
}
