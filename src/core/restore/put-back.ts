import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { staging } from '../staging.ts';
import { dress, puttingBack, type Replacement } from './place.ts';
import { carryOut, type Swap, together } from './swap.ts';

/** Puts back what was there before, and removes what was restored. */
export async function putBack(replacements: readonly Replacement[], workDir: string): Promise<void> {
  await using stages = new AsyncDisposableStack();
  const back: { swap: Swap; stage: string }[] = [];
  for (const replacement of replacements) {
    const { path } = stages.use(await staging(workDir, replacement.place.stageIn));
    back.push({ swap: puttingBack(replacement, join(path, 'discarded')), stage: path });
  }
  const [first] = back;
  if (first !== undefined) await carryOut(together(back.map(({ swap }) => swap)), first.stage);
  for (const { asides, place } of replacements) {
    for (const aside of asides) await rmdir(aside);
    await dress(place, place.attributes);
  }
}
