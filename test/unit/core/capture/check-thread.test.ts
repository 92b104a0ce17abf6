import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { CheckThread } from '../../../../src/core/capture/check-thread.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';

test('databases are looked through in the order in which they were asked for, each with its own answer', async () => {
  await using home = await temporaryDirectory();
  const [whole, none, newer] = ['whole', 'none', 'newer'].map((name) => join(home.path, name)) as [
    string,
    string,
    string,
  ];
  for (const [path, version] of [
    [whole, 1],
    [newer, 2],
  ] as const) {
    using database = new DatabaseSync(path);
    database.exec(`CREATE TABLE t (x); PRAGMA user_version = ${version}`);
  }
  await writeFile(none, 'SQLite format 3\0 and nothing more');
  const thread = new CheckThread();
  const answers = await Promise.allSettled([whole, none, newer].map((path) => thread.check(path)));
  await thread.end();
  expect(answers).toMatchObject([
    { value: { userVersion: 1, integrity: 'ok', problem: null } },
    { reason: { message: expect.stringContaining('not a database') as string } },
    { value: { userVersion: 2 } },
  ]);
});

test('who waits for an answer of a thread that has ended is told so', async () => {
  const thread = new CheckThread();
  const answer = thread.check('/nowhere');
  await Promise.all([expect(answer).rejects.toThrow('has ended'), thread.end()]);
});
