import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { checkIntegrity } from '../../../../src/core/drill/integrity.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { subjectAt } from './subject.ts';

function database(path: string): void {
  using made = new DatabaseSync(path);
  made.exec('CREATE TABLE parent(id INTEGER PRIMARY KEY); CREATE TABLE child(parent REFERENCES parent(id), text)');
  made.exec(`INSERT INTO parent VALUES (1);
    WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 200)
    INSERT INTO child SELECT 1, hex(randomblob(900)) FROM up`);
}

test('a whole copy is counted', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'a/note.txt': 'hello', 'empty.sqlite': '' });
  database(join(place.path, 'a', 'any-name.bin'));
  expect(await checkIntegrity(subjectAt(place.path))).toMatchObject({
    status: 'ok',
    evidence: '1 files, 1 bytes match their hashes; 1 databases pass integrity_check',
  });
});

test('a damaged database is named, whatever it is called', async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'any-name.bin');
  database(path);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xa5, 8192, 16384));
  expect(await checkIntegrity(subjectAt(place.path))).toMatchObject({
    status: 'fail',
    evidence: expect.stringContaining('state/any-name.bin: ') as unknown,
  });
});

test('a row without its parent is a note, as openclaw lives with it', async () => {
  await using place = await temporaryDirectory();
  const path = join(place.path, 'some.sqlite');
  database(path);
  using made = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  made.exec('DELETE FROM parent');
  expect(await checkIntegrity(subjectAt(place.path))).toMatchObject({
    status: 'ok',
    evidence: expect.stringContaining('200 rows break a foreign key') as unknown,
  });
});

test('what the restore found wrong fails the check', async () => {
  await using place = await temporaryDirectory();
  const problems = ['a', 'b', 'c', 'd'].map((path) => ({ path: `state/${path}`, message: 'hash differs' }));
  const subject = { ...subjectAt(place.path), integrity: { files: 4, bytes: 4, problems } };
  expect(await checkIntegrity(subject)).toMatchObject({
    status: 'fail',
    evidence: expect.stringMatching(/^state\/a: hash differs.*and 1 more$/) as unknown,
  });
});
