import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { janitor } from '../../../src/adapters/janitor.ts';
import { processesOf } from '../../support/child.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const JANITOR = new URL('../../../src/adapters/janitor.ts', import.meta.url).href;

test('a directory goes with the process that watched over it, also when that is killed', async () => {
  await using place = await temporaryDirectory();
  const directory = join(place.path, "it's secret");
  await tree(directory, { 'closed/note.txt': 'x' });
  await chmod(join(directory, 'closed'), 0o500);
  const code = `import { janitor } from '${JANITOR}'; janitor(process.argv[1]); console.log('watching'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code, directory], { stdio: 'pipe' });
  await once(child.stdout, 'data');
  expect(existsSync(directory)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => existsSync(directory), { timeout: 10_000 }).toBe(false);
  await expect.poll(() => processesOf(directory), { timeout: 10_000 }).toEqual([]);
});

test('one that is disposed of in time leaves the directory alone, and no process', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { 'note.txt': 'x' });
  {
    using _watch = janitor(place.path);
    await expect.poll(() => processesOf(place.path), { timeout: 10_000 }).toHaveLength(1);
  }
  await expect.poll(() => processesOf(place.path), { timeout: 10_000 }).toEqual([]);
  expect(existsSync(join(place.path, 'note.txt'))).toBe(true);
});
