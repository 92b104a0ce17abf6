import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

test('a backup says which snapshots wait no longer when every destination has been away for too long', async () => {
  await using home = await temporaryDirectory();
  await state2026_9(join(home.path, '.openclaw'));
  const nas = join(home.path, 'nas');
  await mkdir(nas);
  const clawback = (...argv: string[]) => runCli(argv, { env: { HOME: home.path }, cwd: home.path });
  await clawback('init', '--yes', '--instance', 'prod', '--destination', nas);
  const spool = join(home.path, '.local/state/clawback/spool/prod');
  await mkdir(spool, { recursive: true });
  const idOf = (age: number): string =>
    `20200101T0000${String(age % 60).padStart(2, '0')}Z-${String(age).padStart(16, '0')}`;
  for (let age = 0; age < 100; age++) await writeFile(join(spool, `${idOf(age)}.full.tar.zst.age`), 'sealed');
  await rename(nas, `${nas}.unmounted`);
  const { code, stderr } = await clawback('backup');
  expect(code).toBe(1);
  expect(stderr.match(/\S+ waits no longer/g)).toHaveLength(1);
  expect(stderr).toMatch(new RegExp(`${idOf(0)} waits no longer`));
  expect(stderr).toContain('the snapshot is kept and the next backup sends it');
  expect(await readdir(spool)).toHaveLength(100);
});
