import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { staging, sweepStaging } from '../../../src/core/staging.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const STAGING = new URL('../../../src/core/staging.ts', import.meta.url).href;

/** Makes a staging directory with something in clear in it, says where it is, and stays. */
const OTHER_RUN = `
  import { writeFileSync } from 'node:fs';
  import { staging } from ${JSON.stringify(STAGING)};
  const stage = await staging(process.argv[1], process.argv[2]);
  writeFileSync(stage.path + '/plain', 'secret');
  console.log(stage.path);
  setInterval(() => stage.path, 1000);`;

let workDir: string;
let target: string;
let scope: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  scope = await temporaryDirectory();
  workDir = join(scope.path, 'work');
  target = join(scope.path, 'target');
  await mkdir(target);
});

afterEach(() => scope[Symbol.asyncDispose]());

async function otherRun(beside?: string): Promise<{ path: string; kill: () => Promise<void> }> {
  const words = ['--input-type=module', '--eval', OTHER_RUN, workDir, ...(beside === undefined ? [] : [beside])];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const kill = async (): Promise<void> => {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  };
  return { path: said.toString().trim(), kill };
}

describe('a staging directory', () => {
  test('is private, and gone with everything in it at the end of its scope', async () => {
    {
      await using stage = await staging(workDir);
      await using beside = await staging(workDir, target);
      await tree(stage.path, { 'a/b': 'x' });
      await tree(beside.path, { 'a/b': 'x' });
      expect((await stat(stage.path)).mode & 0o777).toBe(0o700);
      expect((await stat(beside.path)).mode & 0o777).toBe(0o700);
      expect(await readdir(target)).toHaveLength(1);
    }
    expect(await readdir(target)).toEqual([]);
    expect(await readdir(join(workDir, 'staging'))).toEqual([]);
  });

  test('is swept once its process was killed, also beside a target, and left alone while it lives', async () => {
    const [inWork, besideTarget] = [await otherRun(), await otherRun(target)];
    try {
      await sweepStaging(workDir);
      expect(await readdir(inWork.path)).toEqual(['plain']);
      expect(await readdir(besideTarget.path)).toEqual(['plain']);
    } finally {
      await Promise.all([inWork.kill(), besideTarget.kill()]);
    }
    await using stage = await staging(workDir);
    expect(await readdir(target)).toEqual([]);
    expect(await readdir(join(workDir, 'staging'))).toEqual([stage.path.split('/').at(-1)]);
  });

  test('is swept although another process has the pid of its own by now', async () => {
    const left = `${process.pid}-1-${crypto.randomUUID()}`;
    await tree(join(workDir, 'staging', left), { plain: 'secret' });
    await sweepStaging(workDir);
    expect(await readdir(join(workDir, 'staging'))).toEqual([]);
  });

  test('that was registered and never made, or is gone already, is forgotten', async () => {
    await mkdir(join(workDir, 'staging'), { recursive: true });
    const left = `${process.pid}-1-${crypto.randomUUID()}`;
    await symlink(join(target, `.clawback-${left}`), join(workDir, 'staging', left));
    await sweepStaging(workDir);
    expect(await readdir(join(workDir, 'staging'))).toEqual([]);
  });

  test('a registration that leads anywhere else removes nothing there', async () => {
    await mkdir(join(workDir, 'staging'), { recursive: true });
    await writeFile(join(target, 'mine'), 'x');
    await symlink(target, join(workDir, 'staging', `${process.pid}-1-${crypto.randomUUID()}`));
    await writeFile(join(workDir, 'staging', 'README'), 'not ours');
    await sweepStaging(workDir);
    expect(await readdir(target)).toEqual(['mine']);
    expect(await readdir(join(workDir, 'staging'))).toEqual(['README']);
  });
});
