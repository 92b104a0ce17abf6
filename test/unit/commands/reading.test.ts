import { chmod, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupResult } from '../../../src/commands/backup.ts';
import type { DiffResult } from '../../../src/commands/diff.ts';
import type { ListResult } from '../../../src/commands/list.ts';
import type { LsResult } from '../../../src/commands/ls.ts';
import type { VerifyResult } from '../../../src/commands/verify.ts';
import { runCli } from '../../support/cli.ts';
import { protect, type Protected } from '../../support/protected.ts';
import { temporaryDirectory, tree } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let one: Protected;
/** Snapshot ids, the older first. */
let ids: string[];

const json = async <T>(...argv: readonly string[]): Promise<T> => (await one.json(...argv)) as T;

const failure = async (...argv: readonly string[]): Promise<{ exit: number; code: string; hint: string | null }> => {
  const { code, stdout } = await runCli([...argv, '--json'], { env: one.env, cwd: one.home });
  const { error } = JSON.parse(stdout) as { error: { code: string; hint: string | null } };
  return { exit: code, code: error.code, hint: error.hint };
};

beforeAll(async () => {
  scope = await temporaryDirectory();
  const state = join(scope.path, '.openclaw');
  await state2026_9(state);
  await tree(state, {
    'docs/kept': 'same',
    'docs/changed': 'before',
    'docs/removed': 'x',
    'docs/tool': '#!',
    'docs/deep/er': 'x',
  });
  await tree(state, { 'docs/link': { link: 'kept' }, 'docs/kind': 'a file' });
  one = await protect(scope.path, '/bin/false');
  const first = await json<BackupResult>('backup');
  await writeFile(join(state, 'docs/changed'), 'after');
  await rm(join(state, 'docs/removed'));
  await writeFile(join(state, 'docs/added'), 'x');
  await chmod(join(state, 'docs/tool'), 0o755);
  for (const name of ['link', 'kind']) await rm(join(state, 'docs', name));
  for (const name of ['link', 'kind']) await symlink('added', join(state, 'docs', name));
  // Ids have whole seconds; two of one second are told apart by their digests alone.
  const second = await json<BackupResult>('backup');
  ids = [first.snapshot.id, second.snapshot.id];
});

afterAll(() => scope[Symbol.asyncDispose]());

describe('list', () => {
  test('shows every snapshot with who holds it, and needs no identity', async () => {
    await using elsewhere = await temporaryDirectory();
    const { code, stdout } = await runCli(['list', '--from', one.nas, '--json'], { env: { HOME: elsewhere.path } });
    const { snapshots } = JSON.parse(stdout) as ListResult;
    expect(code).toBe(0);
    expect(snapshots.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    expect(snapshots.find(({ id }) => id === ids[0])).toMatchObject({ instance: 'prod-1', kind: 'full' });
    expect(snapshots.find(({ id }) => id === ids[1])).toMatchObject({
      kind: 'differential',
      base: ids[0]?.slice(-16),
      destinations: [one.nas],
    });
    expect((await json<ListResult>('list')).snapshots[0]?.destinations).toEqual(['nas']);
  });

  test('refuses a destination that the config does not name', async () => {
    expect(await failure('list', '--destination', 'tape')).toMatchObject({ exit: 2, code: 'USAGE' });
  });
});

describe('ls', () => {
  const paths = async (...argv: string[]): Promise<string[]> =>
    (await json<LsResult>('ls', ids[0] ?? '', ...argv)).entries.map(({ path }) => path);

  test('shows what lies directly in a directory, however its path is written', async () => {
    const docs = ['changed', 'deep', 'kept', 'kind', 'link', 'removed', 'tool'].map((name) => `state/docs/${name}`);
    for (const path of ['state/docs', '/state/docs/', 'payload/state/docs']) expect(await paths(path)).toEqual(docs);
    expect(await paths()).toEqual(['state']);
  });

  test('shows everything below with --recursive, and a file by itself', async () => {
    expect(await paths('state/docs', '--recursive')).toContain('state/docs/deep/er');
    expect(await paths('state/docs/kept')).toEqual(['state/docs/kept']);
  });

  test('says that a path is not there', async () => {
    expect(await failure('ls', 'latest', 'state/doc')).toMatchObject({ exit: 7, code: 'NOT_FOUND' });
  });
});

describe('cat', () => {
  test('prints exactly the bytes of one file', async () => {
    expect((await one.must('cat', ids[0] ?? '', 'state/docs/changed')).stdout).toBe('before');
    expect((await one.must('cat', ids[1] ?? '', 'state/docs/changed')).stdout).toBe('after');
  });

  test('refuses what is no file, and what is not there', async () => {
    expect(await failure('cat', 'latest', 'state/docs')).toMatchObject({ exit: 2, code: 'USAGE' });
    expect(await failure('cat', 'latest', 'state/docs/link')).toMatchObject({ exit: 2, code: 'USAGE' });
    expect(await failure('cat', 'latest', 'state/nothing')).toMatchObject({ exit: 7, code: 'NOT_FOUND' });
  });
});

describe('diff', () => {
  const names = (entries: readonly { path: string }[]): string[] => entries.map(({ path }) => path);

  test('tells what was added, removed and changed: content, mode, target, kind', async () => {
    const { added, removed, changed } = await json<DiffResult>('diff', ...ids);
    expect({ added: names(added), removed: names(removed), changed: names(changed) }).toEqual({
      added: ['state/docs/added'],
      removed: ['state/docs/removed'],
      changed: ['changed', 'kind', 'link', 'tool'].map((name) => `state/docs/${name}`),
    });
    expect(changed.find(({ path }) => path.endsWith('kind'))).toMatchObject({
      before: { type: 'file' },
      after: { type: 'symlink', target: 'added' },
    });
  });

  test('of a snapshot with itself is empty', async () => {
    const [id = ''] = ids;
    expect(await json('diff', id, id)).toEqual({ added: [], removed: [], changed: [] });
  });

  test('reads an identity from standard input once for both', async () => {
    const input = await readFile(join(one.home, '.config/clawback/identity.txt'), 'utf8');
    const { code, stderr } = await runCli(['diff', ...ids, '--identity', '-'], { env: one.env, cwd: one.home, input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe('show', () => {
  test('tells what was captured and nothing that helps to guess a secret', async () => {
    const { stdout } = await one.must('show', 'latest', '--json');
    const shown = JSON.parse(stdout) as { devices: { tokens: unknown[] }[]; token: unknown; counts: unknown };
    expect(shown.devices[0]?.tokens).toContainEqual({ role: 'operator', revoked: false, generation: null });
    expect(shown.counts).toMatchObject({ devices: 1, cronJobs: 2, sessions: 2 });
    expect(Object.keys(shown.token as object).sort()).toEqual(['mode', 'winner']);
    expect(stdout).not.toMatch(/scrypt:|eapM|plaintext/);
    expect((await one.must('show', 'latest')).stdout).not.toMatch(/scrypt:|eapM|plaintext/);
  });
});

describe('verify', () => {
  test('finds every snapshot good with --all, and exits 0', async () => {
    const { results } = await json<VerifyResult>('verify', '--all');
    expect(results.map(({ ok, level }) => ({ ok, level }))).toEqual(ids.map(() => ({ ok: true, level: 'full' })));
  });

  test('checks every copy: a rotten one behind a good one is found', async () => {
    await using scope = await temporaryDirectory();
    const home = join(scope.path, 'home');
    const [near, far] = [join(scope.path, 'near'), join(scope.path, 'far')];
    await state2026_9(join(home, '.openclaw'));
    const run = (...argv: string[]) => runCli([...argv, '--json'], { env: { HOME: home }, cwd: home });
    await run('init', '--yes', '--instance', 'twice', '--destination', `near=${near}`, '--destination', `far=${far}`);
    const { snapshot } = JSON.parse((await run('backup')).stdout) as BackupResult;
    const copy = join(far, snapshot.key);
    const bytes = await readFile(copy);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(copy, bytes);
    const { code, stdout } = await run('verify');
    expect(code).toBe(4);
    const { results } = JSON.parse(stdout) as VerifyResult;
    expect(results.map(({ destination, ok }) => ({ destination, ok }))).toEqual([
      { destination: 'near', ok: true },
      { destination: 'far', ok: false },
    ]);
  });

  test('checks the digest alone on a host without an identity', async () => {
    await using elsewhere = await temporaryDirectory();
    const argv = ['verify', ids[0] ?? '', '--from', one.nas, '--json'];
    const { code, stdout } = await runCli(argv, { env: { HOME: elsewhere.path } });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ results: [{ ok: true, level: 'digest' }] });
  });
});

describe('a snapshot that is named', () => {
  test('in a way that fits several or none is refused', async () => {
    const [id = ''] = ids;
    expect(await failure('show', id.slice(0, 4))).toMatchObject({ exit: 7, code: 'NOT_FOUND' });
    expect(await failure('show', '1999')).toMatchObject({ exit: 7, code: 'NOT_FOUND' });
  });

  test('latest, where several instances share a location, is refused with the instances named', async () => {
    await using shared = await temporaryDirectory();
    const key = (instance: string): string => `${instance}/20261122T203437Z-0123456789abcdef.full.tar.zst.age`;
    await tree(shared.path, { [key('prod-1')]: 'x', [key('prod-2')]: 'x' });
    const { code, stdout } = await runCli(['show', 'latest', '--from', shared.path, '--json'], { env: one.env });
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'USAGE',
        message: expect.stringContaining('prod-1, prod-2') as string,
        hint: expect.any(String) as string,
      },
    });
  });
});
