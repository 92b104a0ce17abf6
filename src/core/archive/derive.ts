import { ClawbackError } from '../../ports/errors.ts';
import type { DerivedFile } from './manifest.ts';
import { drain, type Met } from './met.ts';
import type { Snapshot } from './snapshot.ts';

/** Makes files of a differential snapshot while those of its base come by; all others are read, so that they are checked. */
export async function* derive(
  snapshot: Snapshot,
  base: AsyncIterable<Met>,
  derived: readonly DerivedFile[],
): AsyncGenerator<Met<DerivedFile>> {
  const wanted = Map.groupBy(derived, ({ from }) => from);
  for await (const { entry, content } of base) {
    const [first, ...others] = wanted.get(entry.path) ?? [];
    wanted.delete(entry.path);
    if (first === undefined) await drain(content);
    else yield { entry: first, content: snapshot.derive(first, content) };
    // Copies of one file are rare: the base is asked for it once more.
    for (const other of others) yield { entry: other, content: snapshot.content(other) };
  }
  const [missing] = wanted.keys();
  if (missing !== undefined) throw new ClawbackError('INTEGRITY', `the base lacks ${JSON.stringify(missing)}`);
}
