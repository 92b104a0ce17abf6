import type { Arena } from '../arena.ts';
import type { Result } from '../results.ts';
import { clawback, run } from '../run.ts';
import { around, chosen, type Setting } from '../setting.ts';

/** How long a person waits for what needs no work; and Node itself for nothing at all. */
export async function start(setting: Setting): Promise<Result[]> {
  const [name = 'quick'] = chosen(setting, ['quick']);
  await using arena = await around(name, setting);
  await run({ line: clawback('backup', arena) }, arena);
  const node = `exec '${process.execPath}'`;
  const words = (line: string): string => `${node} '${arena.launcher}' ${line}`;
  const of = (work: string, line: string, who = 'Clawback'): Promise<Result> => measured({ work, line, who }, arena);
  return [
    await of('--help', `${node} -e 0`, 'node alone'),
    await of('--help', words('--help')),
    await of('status', words('status')),
    await of('list file://', words(`list --from 'file://${arena.home}/nas'`)),
    await of('list', words('list')),
  ];
}

/** Often, since it is short and a busy machine makes it twice as long. */
async function measured(
  { work, line, who }: { work: string; line: string; who: string },
  arena: Arena,
): Promise<Result> {
  const seconds: number[] = [];
  for (let index = 0; index < 15; index++) seconds.push((await run({ line }, arena)).seconds);
  return { work, corpus: 'cold start', who, seconds, bytes: null, peak: null };
}
