import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BackupResult } from '../../../src/commands/backup.ts';
import { cat } from '../../../src/commands/cat.ts';
import { ls } from '../../../src/commands/ls.ts';
import { show } from '../../../src/commands/show.ts';
import { countingContext } from '../../support/counting-context.ts';
import { protect } from '../../support/protected.ts';
import { bufferOf } from '../../support/snapshots.ts';
import { temporaryDirectory, type Tree, tree } from '../../support/temporary.ts';

const MiB = 1024 * 1024;

test('one small file, among thousands and between neighbours that do not compress, costs less than 2 MiB', async () => {
  await using home = await temporaryDirectory();
  const files: Record<string, Tree[string]> = { 'openclaw.json': '{}', 'media/m-wanted.txt': 'here' };
  for (let index = 0; index < 20; index++)
    files[`media/${index % 2 === 0 ? 'a' : 'z'}-${index}.jpg`] = randomBytes(MiB);
  for (let index = 0; index < 30; index++) files[`media/m-${index}.png`] = randomBytes(90_000);
  for (let index = 0; index < 4000; index++) files[`workspace/${index}.md`] = `note ${index}`;
  await tree(join(home.path, '.openclaw'), files);
  const one = await protect(home.path, '/bin/false');
  const { snapshot } = (await one.json('backup')) as BackupResult;
  expect((await stat(join(one.nas, snapshot.key))).size).toBeGreaterThan(20 * MiB);

  const asked = async (
    command: (context: Awaited<ReturnType<typeof countingContext>>['context']) => Promise<unknown>,
  ) => {
    const { context, opened } = await countingContext(home.path);
    await command(context);
    return opened.reduce((sum, storage) => sum + storage.asked, 0);
  };
  const read = (path: string) =>
    asked(async (context) => {
      const { content } = await cat({ snapshot: 'latest', path }, context);
      expect((await bufferOf(content)).length).toBeLessThan(100);
    });
  expect(await read('state/media/m-wanted.txt')).toBeLessThan(2 * MiB);
  expect(await read('state/workspace/3999.md')).toBeLessThan(2 * MiB);
  expect(await asked((context) => ls({ snapshot: 'latest', path: 'state/media' }, context))).toBeLessThan(MiB);
  expect(await asked((context) => show({ snapshot: 'latest' }, context))).toBeLessThan(MiB / 2);
});
