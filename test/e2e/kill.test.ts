import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type Ended, processesOf, startCli } from '../support/child.ts';
import { startGateway } from '../support/openclaw.ts';
import { protect, type Protected, snapshotNames } from '../support/protected.ts';
import { stock } from '../support/stock.ts';
import { temporaryDirectory } from '../support/temporary.ts';

/** Stands all over what is captured. Found elsewhere, somebody left plaintext behind. */
const MARKER = `plaintext-${crypto.randomUUID()}`;
const MEBIBYTE = 1024 * 1024;

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let installation: Protected;
let stateDir: string;
let target: string;
/** A file that tells what was captured from what is live. */
let note: string;

beforeAll(async () => {
  place = await temporaryDirectory();
  const home = join(place.path, 'home');
  await using gateway = await startGateway({ openclaw: inject('openclaw'), home });
  stateDir = gateway.stateDir;
  await gateway.stop();
  note = join('workspace', 'note.txt');
  target = join(home, 'restored');
  await mkdir(join(stateDir, 'workspace'), { recursive: true });
  await writeFile(join(stateDir, note), 'captured');
  for (let number = 0; number < 40; number++) {
    await writeFile(join(stateDir, 'workspace', `${number}.bin`), [MARKER, randomBytes(MEBIBYTE)]);
  }
  using database = new DatabaseSync(join(stateDir, 'workspace', 'notes.sqlite'));
  database.exec('CREATE TABLE notes (marker TEXT, noise BLOB)');
  const insert = database.prepare('INSERT INTO notes VALUES (?, ?)');
  for (let row = 0; row < 30; row++) insert.run(MARKER, randomBytes(MEBIBYTE));
  installation = await protect(home, inject('openclaw'));
  await installation.must('backup');
});

afterAll(() => place[Symbol.asyncDispose]());

test('a backup killed at any moment leaves no half snapshot, and the next run leaves nothing else', async () => {
  const worked = await undisturbed('backup');
  await atMoments(7, worked, async (moment) => {
    await kill(['backup'], 'SIGKILL', moment);
    await installation.must('verify', '--all');
    await installation.must('backup');
    await expectNothingLeft();
    await keepOldestSnapshot();
  });
  await atMoments(3, worked, async (moment) => {
    expectInterrupted(await kill(['backup'], 'SIGINT', moment));
    await expectNothingLeft();
    await installation.must('verify', '--all');
    await keepOldestSnapshot();
  });
});

test('a restore killed at any moment leaves its target untouched or complete', async () => {
  const restore = ['restore', '--target', target, '--no-drill'];
  const worked = await undisturbed(...restore);
  const whole = await listing(target);
  expect(whole.length).toBeGreaterThan(40);
  const expectUntouchedOrWhole = async (): Promise<void> => {
    const found = await listing(target);
    if (found.length > 0) expect(found).toEqual(whole);
    await rm(target, { recursive: true, force: true });
  };
  await rm(target, { recursive: true });
  await atMoments(6, worked, async (moment) => {
    await kill(restore, 'SIGKILL', moment);
    await expectUntouchedOrWhole();
    await installation.must(...restore);
    expect(await listing(target)).toEqual(whole);
    await rm(target, { recursive: true });
    await expectNothingLeft();
  });
  await atMoments(3, worked, async (moment) => {
    expectInterrupted(await kill(restore, 'SIGINT', moment));
    await expectUntouchedOrWhole();
    await expectNothingLeft();
  });
});

const IN_PLACE = ['restore', '--in-place', '--no-drill'];

test('a restore in place killed at any moment leaves the old state directory, or the new one and the old beside it', async () => {
  const worked = await undisturbed(...IN_PLACE);
  await discardPrevious();
  await atMoments(6, worked, async (moment) => {
    await liveAgain();
    await kill(IN_PLACE, 'SIGKILL', moment);
    await expectOldOrNew();
    await liveAgain();
    await installation.must(...IN_PLACE);
    await expectNew();
    await expectNothingLeft();
  });
  await atMoments(3, worked, async (moment) => {
    await liveAgain();
    expectInterrupted(await kill(IN_PLACE, 'SIGINT', moment));
    await expectOldOrNew();
    await expectNothingLeft();
  });
});

test('killed between the two renames of a swap, the old state directory comes back with the next run', async () => {
  await liveAgain();
  // The signal arrives when the second rename is asked for: the old one is aside, the new one not yet there.
  const atSecondRename = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=rename,renameat2', '-e'];
  const killed = startCli(IN_PLACE, installation, [...atSecondRename, 'inject=rename,renameat2:signal=KILL:when=2']);
  await killed.ended;
  expect(await names('.openclaw')).toEqual([expect.stringMatching(/^\.openclaw\.before-/)]);
  await installation.must('backup');
  expect(await names('.openclaw')).toEqual(['.openclaw']);
  expect(await readFile(join(stateDir, note), 'utf8')).toBe('live');
  await expectNothingLeft();
});

test('a drill killed while it restores, boots or asks leaves no process, no mount, and no copy', async () => {
  for (const moment of [700, 6000]) {
    await kill(['drill'], 'SIGKILL', moment);
    await expectNothingLeft();
  }
  expect(await kill(['drill'], 'SIGINT', 5000)).toMatchObject({ code: 130 });
  await expectNothingLeft();
});

/** Runs it to its end; gives how long it worked, in milliseconds. */
async function undisturbed(...argv: string[]): Promise<number> {
  const { code, output, worked } = await startCli(argv, installation).ended;
  expect(code, output).toBe(0);
  return worked;
}

/** Spreads moments evenly over a run, and a little past its end. */
async function atMoments(count: number, worked: number, act: (moment: number) => Promise<void>): Promise<void> {
  for (let step = 0; step < count; step++) await act(Math.round((worked * 1.05 * step) / (count - 1)));
}

async function kill(argv: readonly string[], signal: NodeJS.Signals, moment: number): Promise<Ended> {
  const running = startCli(argv, installation);
  await running.begun;
  await sleep(moment);
  running.child.kill(signal);
  return running.ended;
}

/** Interrupted, or done before the signal came. */
function expectInterrupted({ code, output }: Ended): void {
  expect([0, 130], output).toContain(code);
  if (code === 130) expect(output).toContain('clawback: error: interrupted');
}

/** No plaintext but in the state directory, no staging, no half written file, no process, no mount. */
async function expectNothingLeft(): Promise<void> {
  await expect.poll(() => processesOf(place.path), { timeout: 10_000 }).toEqual([]);
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(place.path);
  const { home, workDir } = installation;
  expect(await readdir(join(workDir, 'staging'))).toEqual([]);
  const around = ['.cache', '.config', '.local', '.openclaw', 'bin', 'nas'];
  expect((await readdir(home)).filter((name) => !around.includes(name) && !isPrevious(name))).toEqual([]);
  const elsewhere = [workDir, join(home, '.cache'), installation.nas];
  // grep exits 1 when it finds nothing.
  const found = await stock('sh', ['-c', `grep -rlF ${MARKER} "$@" 2>/dev/null || test $? -ge 1`, 'sh', ...elsewhere]);
  expect(String(found)).toBe('');
  expect(await readdir(join(workDir, 'spool', 'prod-1'))).not.toContainEqual(expect.stringContaining('.part'));
}

async function keepOldestSnapshot(): Promise<void> {
  const directory = join(installation.nas, 'prod-1');
  const [, ...others] = await snapshotNames(directory);
  for (const name of others) await rm(join(directory, name));
}

/** Paths and sizes of all files below a directory; empty if there is none. */
async function listing(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map(async (path) => `${path} ${(await stat(path)).size}`))).sort();
}

async function names(prefix: string): Promise<string[]> {
  return (await readdir(installation.home)).filter((name) => name.startsWith(prefix));
}

function isPrevious(name: string): boolean {
  return name.startsWith('.openclaw.before-');
}

async function discardPrevious(): Promise<void> {
  const { home } = installation;
  for (const name of await names('.openclaw.before-')) await rm(join(home, name), { recursive: true });
}

/** Makes the state directory one that differs from the snapshot, with none beside it. */
async function liveAgain(): Promise<void> {
  await discardPrevious();
  await writeFile(join(stateDir, note), 'live');
}

async function noteIn(directory: string): Promise<string> {
  return readFile(join(installation.home, directory, note), 'utf8');
}

async function expectNew(): Promise<void> {
  expect(await noteIn('.openclaw')).toBe('captured');
  const [previous = ''] = await names('.openclaw.before-');
  expect(await noteIn(previous)).toBe('live');
}

async function expectOldOrNew(): Promise<void> {
  if ((await noteIn('.openclaw')) === 'captured') await expectNew();
  else expect(await names('.openclaw.before-')).toEqual([]);
  expect((await readdir(join(stateDir, 'workspace'))).filter((name) => name.endsWith('.bin'))).toHaveLength(40);
}
