import { cat } from '../../src/commands/cat.ts';
import { drain } from '../../src/core/archive/met.ts';
import { countingContext } from '../../test/support/counting-context.ts';
import type { Arena } from '../arena.ts';
import { compete, emptyTarget } from '../contest.ts';
import type { Contestant } from '../contestants.ts';
import { ONE_FILE } from '../corpora.ts';
import type { Result } from '../results.ts';
import { around, chosen, contest, firstOf, type Setting } from '../setting.ts';

/** What Clawback itself costs as states grow; and one small file out of a large one. */
export async function memory(setting: Setting): Promise<Result[]> {
  const results: Result[] = [];
  const contestants = setting.contestants.filter(({ name }) => name === 'Clawback');
  for (const name of chosen(setting, ['mixed', 'large', 'small'])) {
    await using arena = await around(name, setting);
    const here = { ...contest(setting, name, arena), contestants, runs: Math.min(setting.runs, 2) };
    const before = (): Promise<void> => emptyTarget(arena);
    const measure = async (work: string, command: (one: Contestant) => Contestant['restore']): Promise<void> => {
      results.push(...(await compete({ name: work, command, before, stores: false }, here)));
    };
    await measure('memory of backup', firstOf);
    await measure('memory of verify', (one) => one.verify);
    await measure('memory of restore', (one) => one.restore);
    if (name === 'small') continue;
    await measure('one file of 10 kB', (one) => one.one);
    const read = { work: 'one file of 10 kB, bytes read', corpus: name, who: 'Clawback', seconds: [] };
    results.push({ ...read, bytes: await readForOne(arena), peak: null });
  }
  return results;
}

/** Bytes that reading one small file asks of the storage. */
async function readForOne({ home }: Arena): Promise<number> {
  const { context, opened } = await countingContext(home);
  const { content } = await cat({ snapshot: 'latest', path: `state/${ONE_FILE}` }, context);
  await drain(content);
  return opened.reduce((sum, { asked }) => sum + asked, 0);
}
