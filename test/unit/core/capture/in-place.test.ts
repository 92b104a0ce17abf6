import { mkdir, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Disturbed } from '../../../../src/core/capture/disturbed.ts';
import { temporaryDirectory } from '../../../support/temporary.ts';
import { captured, type CaptureSetting } from './captured.ts';

const PATH = 'state/state/openclaw.sqlite';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let home: string;
let database: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
  home = directory.path;
  database = join(home, PATH);
  await mkdir(join(home, 'state/state'), { recursive: true });
  using made = new DatabaseSync(database);
  made.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
});

afterEach(() => directory[Symbol.asyncDispose]());

/** What is staged while the database is read; it counts as touched long ago unless the setting says otherwise. */
async function staged(setting: CaptureSetting = {}): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await captured(home, {
    begunAt: Date.now() + 60_000,
    ...setting,
    on: async (path) => {
      if (path === PATH) names = await readdir(join(home, 'stage'));
    },
  });
  return names;
}

function write(path = database): DatabaseSync {
  const writer = new DatabaseSync(path);
  writer.exec('INSERT INTO t VALUES (2)');
  return writer;
}

describe('a database of OpenClaw', () => {
  test('that nobody has open is read where it lies, and stays there', async () => {
    expect(await staged()).toEqual([]);
    const { caught, capture } = await captured(home, { begunAt: Date.now() + 60_000 });
    expect(caught.get(PATH)?.content.equals(await readFile(database))).toBe(true);
    expect(caught.get(PATH)?.entry).toMatchObject({ sqlite: { integrity: 'ok' } });
    await capture.copies.drop(database);
    capture.copies.remove();
    await capture.copies.removed;
    expect(await readdir(join(home, 'state/state'))).toEqual(['openclaw.sqlite']);
    expect(() => {
      capture.copies.confirm();
    }).not.toThrow();
  });

  test('is copied if somebody has it open', async () => {
    using _writer = write();
    expect(await staged()).toEqual(['0.sqlite']);
  });

  test('is copied if it was touched a moment ago: what is written now would not show', async () => {
    expect(await staged({ begunAt: Date.now() })).toEqual(['0.sqlite']);
  });

  test('is copied if nothing is to be read in place', async () => {
    expect(await staged({ readsInPlace: false })).toEqual(['0.sqlite']);
  });

  test.each<[string, () => Promise<void> | void]>([
    ['opened', () => void write()],
    [
      'written to and closed',
      () => {
        write().close();
      },
    ],
    ['touched', () => utimes(database, 1, 1)],
    ['removed', () => rm(database)],
    [
      'made anew',
      async () => {
        await rm(database);
        using made = new DatabaseSync(database);
        made.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x)');
      },
    ],
  ])('that is %s meanwhile is not what was read', async (_, disturb) => {
    const { capture } = await captured(home, {
      begunAt: Date.now() + 60_000,
      on: (path, moment) => (path === PATH && moment === 'reading' ? disturb() : undefined),
    });
    expect(() => {
      capture.copies.confirm();
    }).toThrow(new Disturbed(database));
  });
});
