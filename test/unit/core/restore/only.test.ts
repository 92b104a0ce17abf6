import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { restoreOnly } from '../../../../src/core/restore/only.ts';
import { listing } from '../../../support/listing.ts';
import { directory, file, symlink } from '../../../support/snapshots.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { subject } from './subject.ts';

let home: string;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  home = scope.path;
});

afterEach(() => scope[Symbol.asyncDispose]());

const ENTRIES = [
  directory('state/agents'),
  directory('state/agents/main'),
  file('state/agents/main/one', '1'),
  symlink('state/agents/main/two', 'one'),
  file('state/agents-backup', 'not below agents'),
  symlink('state/away', '/etc', { outside: true }),
];

async function only(paths: readonly string[], { signed = true } = {}): Promise<{ files: number; bytes: number }> {
  const { snapshot } = await subject(ENTRIES, { signed });
  return restoreOnly(snapshot, paths, {
    target: join(home, 'target'),
    workDir: join(home, 'work'),
    owners: false,
    signal: new AbortController().signal,
  });
}

describe('restoring some paths', () => {
  test('brings back a directory with what is below it, and no neighbour with the same beginning', async () => {
    expect(await only(['state/agents'])).toEqual({ files: 1, bytes: 1 });
    expect(await listing(join(home, 'target'))).toEqual({
      state: null,
      'state/agents': null,
      'state/agents/main': null,
      'state/agents/main/one': '1',
      'state/agents/main/two': '-> one',
    });
  });

  test('brings back several, each once, however they overlap', async () => {
    await only(['state/agents/main/one', 'state/openclaw.json', 'state/agents/main']);
    expect(Object.keys(await listing(join(home, 'target')))).toEqual([
      'state',
      'state/agents',
      'state/agents/main',
      'state/agents/main/one',
      'state/agents/main/two',
      'state/openclaw.json',
    ]);
  });

  test('refuses a path that the snapshot does not hold, and makes nothing', async () => {
    await expect(only(['state/agents', 'state/nothing'])).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await readdir(home)).toEqual([]);
  });

  test('refuses a target that is not empty', async () => {
    await tree(home, { 'target/mine': 'x' });
    await expect(only(['state/agents'])).rejects.toMatchObject({ code: 'TARGET' });
    expect(await listing(join(home, 'target'))).toEqual({ mine: 'x' });
  });

  test('makes a link out of its root only if somebody trusted signed it', async () => {
    await expect(only(['state/away'], { signed: false })).rejects.toMatchObject({ code: 'INTEGRITY' });
    await only(['state/away']);
    expect(await listing(join(home, 'target'))).toEqual({ state: null, 'state/away': '-> /etc' });
  });
});
