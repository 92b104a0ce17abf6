import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LAUNCHER, runCli } from '../../support/cli.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let home: string;
let env: Record<string, string>;
/** Where hooks write what they were told. */
let diary: string;

beforeEach(async () => {
  place = await temporaryDirectory();
  home = place.path;
  env = { HOME: home, PATH: process.env['PATH'] ?? '' };
  diary = join(home, 'diary');
  await tree(home, { '.openclaw/openclaw.json': '{}', '.openclaw/workspace/note.txt': 'a note' });
  await mkdir(join(home, 'nas'));
  await run('init', '--destination', 'nas=./nas', '--instance', 'prod-1', '--yes');
});

afterEach(() => place[Symbol.asyncDispose]());

function run(...argv: string[]) {
  return runCli(argv, { env, cwd: home });
}

async function hooks(written: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(home, '.config', 'clawback', 'config.json5');
  const config = (await readFile(path, 'utf8')).replace(/ {2}hooks: .*\n/, '');
  // As a function: a replacement text would take `$$` for one dollar sign.
  await writeFile(
    path,
    config.replace('{\n', () => `{\n  hooks: ${JSON.stringify(written)},\n`),
  );
}

/** A hook that writes a word and what it is told. */
function note(word: string): string {
  return `echo ${word} $CLAWBACK_HOOK $CLAWBACK_INSTANCE $CLAWBACK_STATUS $CLAWBACK_SNAPSHOT >> ${diary}`;
}

async function noted(): Promise<string[]> {
  const text = await readFile(diary, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

async function snapshots(): Promise<string[]> {
  return (await readdir(join(home, 'nas', 'prod-1')).catch(() => [])).map((name) => name.split('.')[0] ?? '');
}

describe('around a backup', () => {
  it('hooks run in order and are told how it went', async () => {
    await hooks({ beforeBackup: [note('one'), note('two')], afterBackup: [note('three'), note('four')] });
    expect((await run('backup')).code).toBe(0);
    const [id = ''] = await snapshots();
    expect(await noted()).toEqual([
      'one beforeBackup prod-1',
      'two beforeBackup prod-1',
      `three afterBackup prod-1 ok ${id}`,
      `four afterBackup prod-1 ok ${id}`,
    ]);
  });

  it('one that fails stops the backup, and what was stopped is started again', async () => {
    await hooks({ beforeBackup: [note('stop'), 'exit 3', note('never')], afterBackup: [note('start')] });
    const { code, stderr } = await run('backup');
    expect(code).toBe(1);
    expect(stderr).toContain('the hook beforeBackup (2 of 3) exited with 3, so that nothing was done');
    expect(await noted()).toEqual(['stop beforeBackup prod-1', 'start afterBackup prod-1 failed']);
    expect(await snapshots()).toEqual([]);
  });

  it('those after it run although it fails', async () => {
    await hooks({ beforeBackup: [note('stop')], afterBackup: [note('start')] });
    await rm(join(home, '.openclaw'), { recursive: true });
    expect((await run('backup')).code).toBe(1);
    expect(await noted()).toEqual(['stop beforeBackup prod-1', 'start afterBackup prod-1 failed']);
  });

  it('one after it that fails is no reason to leave out the next, and makes it done in part', async () => {
    await hooks({ afterBackup: ['exit 1', note('start')] });
    const { code, stdout, stderr } = await run('backup', '--json');
    expect(code).toBe(3);
    const problem = 'the hook afterBackup (1 of 2) exited with 1: something may be left stopped';
    expect(JSON.parse(stdout)).toMatchObject({ hookProblems: [problem], destinations: [{ ok: true }] });
    expect(stderr).toContain(problem);
    expect(await noted()).toHaveLength(1);
  });

  it('one that hangs is ended with all that it has started', async () => {
    const lasting = join(home, 'lasting');
    await hooks({
      beforeBackup: [`(sleep 3; touch ${lasting}) & sleep 60`],
      afterBackup: [note('start')],
      timeout: '1s',
    });
    const { code, stderr } = await run('backup');
    expect(code).toBe(1);
    expect(stderr).toContain('the hook beforeBackup took longer than 1 s');
    expect(await noted()).toEqual(['start afterBackup prod-1 failed']);
    await sleep(2500);
    expect(existsSync(lasting)).toBe(false);
  });

  it('keys are not told, and no command is repeated in a message', async () => {
    await hooks({ beforeBackup: [`env > ${diary}; exit 1 # s3cret`] });
    env = { ...env, CLAWBACK_IDENTITY: join(home, '.config', 'clawback', 'identity.txt'), CLAWBACK_PASSPHRASE: 'pass' };
    const { stderr } = await run('backup');
    expect(stderr).not.toContain('s3cret');
    expect((await noted()).join('\n')).not.toMatch(/CLAWBACK_(IDENTITY|PASSPHRASE)/);
  });
});

describe('when the run is broken off while something is stopped', () => {
  const stopped = () =>
    `echo $$ > ${join(home, 'part')} && mv ${join(home, 'part')} ${join(home, 'stopped')}; sleep 60`;
  const start = () => `rm -f ${join(home, 'stopped')}; ${note('start')}`;

  async function brokenOff(signal: NodeJS.Signals): Promise<number | null> {
    await hooks({ beforeBackup: [stopped()], afterBackup: [start()] });
    const child = spawn(process.execPath, [LAUNCHER, 'backup'], { env, cwd: home, stdio: 'ignore' });
    const ended = once(child, 'exit') as Promise<[number | null]>;
    while (!existsSync(join(home, 'stopped'))) await sleep(20);
    child.kill(signal);
    return (await ended)[0];
  }

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s, it is started again before the run ends', async (signal) => {
    expect(await brokenOff(signal)).toBe(130);
    expect(existsSync(join(home, 'stopped'))).toBe(false);
    expect(await noted()).toEqual(['start afterBackup prod-1 failed']);
  });

  it('by SIGKILL, the next run starts it again before anything else', async () => {
    expect(await brokenOff('SIGKILL')).toBeNull();
    // What was at work when the run was killed goes on; it is not what this is about.
    process.kill(-Number(await readFile(join(home, 'stopped'), 'utf8')), 'SIGKILL');
    await hooks({ beforeBackup: [note('stop')], afterBackup: [start()] });
    const { code, stderr } = await run('backup');
    expect(code).toBe(0);
    expect(stderr).toContain('an earlier backup was killed');
    const [first, second, third] = await noted();
    expect(first).toBe('start afterBackup prod-1 interrupted');
    expect(second).toBe('stop beforeBackup prod-1');
    expect(third).toMatch(/^start afterBackup prod-1 ok 2/);
    expect(await readdir(join(home, '.local', 'state', 'clawback', 'hooks'))).toEqual([]);
  });
});

it('a restore in place runs its own, and a restore elsewhere none', async () => {
  await hooks({ beforeRestore: [note('stop')], afterRestore: [note('start')] });
  expect((await run('backup')).code).toBe(0);
  expect((await run('restore', '--target', './elsewhere', '--no-drill')).code).toBe(0);
  expect(await noted()).toEqual([]);
  expect((await run('restore', '--in-place', '--no-drill')).code).toBe(0);
  const [id = ''] = await snapshots();
  expect(await noted()).toEqual(['stop beforeRestore prod-1', `start afterRestore prod-1 ok ${id}`]);
});
