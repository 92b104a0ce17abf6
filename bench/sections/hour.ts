import { join } from 'node:path';
import { changedPages, talkForAnHour } from '../changes.ts';
import { compete, emptied } from '../contest.ts';
import type { Contestant } from '../contestants.ts';
import { corpus, DATABASE } from '../corpora.ts';
import type { Result } from '../results.ts';
import { chosen, contest, firstOf, onCopy, type Setting } from '../setting.ts';

/** A database of 2 GB alone: a full backup, and one after a busy hour. Once each: what counts is what is stored. */
export async function hour(setting: Setting): Promise<Result[]> {
  const [name = 'large'] = chosen(setting, ['large']);
  await using arena = await onCopy(name, ['openclaw.json', 'state', 'agents/main/agent'], setting);
  const contestants = setting.contestants.filter(({ name: who }) => ['Clawback', 'restic'].includes(who));
  const here = { ...contest(setting, setting.quick ? name : 'one database', arena), contestants, runs: 1 };
  const before = (contestant: Contestant): Promise<void> => emptied(contestant, arena);
  const full = await compete({ name: 'full backup', command: firstOf, before, stores: true }, here);
  talkForAnHour(arena.state);
  const work = 'an hour later';
  const command = (contestant: Contestant): Contestant['backup'] => contestant.backup;
  const later = await compete({ name: work, command, stores: true }, here);
  const bytes = await changedPages(join(await corpus(name, setting.cacheDir), DATABASE), join(arena.state, DATABASE));
  const changed = { work, corpus: here.corpus, who: 'pages that changed', seconds: [], bytes, peak: null };
  return [...full, ...later, changed];
}
