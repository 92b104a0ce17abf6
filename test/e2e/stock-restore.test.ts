import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { BackupResult } from '../../src/commands/backup.ts';
import type { LsResult } from '../../src/commands/ls.ts';
import { runCli } from '../support/cli.ts';
import { addCronJob, createSession, inject as say } from '../support/openclaw-content.ts';
import { pairDevice, reconnect, type PairedDevice } from '../support/openclaw-devices.ts';
import { startGateway } from '../support/openclaw.ts';
import { readmeBlock } from '../support/readme.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';

const run = promisify(execFile);
const TOKEN = 'a token that only the environment of the service had';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let home: string;
let stateDir: string;
let device: PairedDevice;
/** The state directory as it was when the snapshot was taken, the Gateway being stopped. */
let original: string;
let snapshot: string;
let listed: LsResult['entries'];

beforeAll(async () => {
  place = await temporaryDirectory();
  home = join(place.path, 'home');
  stateDir = join(home, '.openclaw');
  {
    await using gateway = await startGateway({ openclaw: inject('openclaw'), home, secret: TOKEN });
    device = await pairDevice(gateway, { kind: 'ui', name: 'browser' });
    await addCronJob(gateway, 'water the plants');
    await say(gateway, await createSession(gateway, 'agent:main:trip'), 'the ferry leaves at nine');
  }
  await tree(stateDir, {
    'workspace/päivä.md': 'hei',
    'workspace/link': { link: 'päivä.md' },
    'workspace/empty': null,
  });
  const nas = join(place.path, 'nas');
  await clawback('init', '--yes', '--instance', 'stock', '--destination', nas);
  snapshot = join(nas, ((await clawback('backup')) as BackupResult).snapshot.key);
  listed = ((await clawback('ls', 'latest', '--recursive')) as LsResult).entries;
  original = join(place.path, 'original');
  await cp(stateDir, original, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

test('the block of stock commands in the README brings every file back, and a Gateway starts on it', async () => {
  await rm(stateDir, { recursive: true });
  await stockRestore('whole');

  for (const entry of listed.filter(({ path }) => path.startsWith('state/'))) {
    const name = entry.path.slice('state/'.length);
    const [restored, before] = [join(stateDir, name), join(original, name)];
    if (entry.type === 'symlink') expect(await readlink(restored)).toBe(await readlink(before));
    if (entry.type === 'symlink') continue;
    expect([name, (await stat(restored)).mode]).toEqual([name, (await stat(before)).mode]);
    if (entry.type === 'directory') continue;
    if (name.endsWith('.sqlite')) expect([name, await rowsOf(restored)]).toEqual([name, await rowsOf(before)]);
    else expect([name, await readFile(restored)]).toEqual([name, await readFile(before)]);
  }
  expect(listed.filter(({ path }) => path.endsWith('.sqlite')).length).toBeGreaterThan(1);

  await using gateway = await startGateway({ openclaw: inject('openclaw'), home, secret: TOKEN, token: 'literal' });
  expect(await reconnect(gateway, device)).toBe('connected');
  expect(JSON.stringify(await gateway.call('cron.list'))).toContain('water the plants');
});

test('what is there already is moved aside', async () => {
  await rm(stateDir, { recursive: true, force: true });
  await tree(stateDir, { 'what was there': 'before' });
  await stockRestore('aside');
  expect(await readdir(`${stateDir}.before`)).toEqual(['what was there']);
});

test('it stops at a truncated snapshot before it touches the state directory', async () => {
  await rm(stateDir, { recursive: true, force: true });
  const sealed = await readFile(snapshot);
  const damaged = join(place.path, 'damaged');
  await writeFile(damaged, sealed.subarray(0, sealed.length - 100));
  await expect(stockRestore('truncated', damaged)).rejects.toMatchObject({ stderr: /./ });
  await expect(stat(stateDir)).rejects.toMatchObject({ code: 'ENOENT' });
});

/** Runs the README's block as it stands, in an empty directory of this name. */
async function stockRestore(name: string, sealed = snapshot): Promise<void> {
  const cwd = join(place.path, name);
  await mkdir(cwd);
  const kit = join(home, '.config', 'clawback', 'recovery-kit.txt');
  const env = { PATH: process.env['PATH'], SNAPSHOT: sealed, IDENTITY: kit, STATE: stateDir };
  await run('bash', ['-c', readmeBlock('Restore without Clawback')], { cwd, env });
}

async function clawback(...words: string[]): Promise<unknown> {
  const { code, stdout } = await runCli([...words, '--json'], { env: { HOME: home, OPENCLAW_GATEWAY_TOKEN: TOKEN } });
  expect([code, stdout]).toEqual([0, stdout]);
  return JSON.parse(stdout);
}

/** Everything in a database but what belonged to the old process. */
async function rowsOf(database: string): Promise<string[]> {
  const dump = (await stock('sqlite3', [database, '.dump'])).toString().split('\n');
  return dump.filter(
    (line) => !/^INSERT INTO "?(?:state_leases|agent_database_leases|delivery_queue_entries)"? /.test(line),
  );
}
