import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { DrillReport } from '../../src/core/drill/report.ts';
import { type CliResult, spawnCli } from '../support/cli.ts';
import { listing } from '../support/listing.ts';
import { addRow, createDatabase } from '../support/openclaw-schema.ts';
import { startGateway } from '../support/openclaw.ts';
import { install } from '../support/packed.ts';
import { temporaryDirectory, tree } from '../support/temporary.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let launcher: string;

beforeAll(async () => {
  scope = await temporaryDirectory();
  launcher = await install(join(scope.path, 'installed'));
});

afterAll(() => scope[Symbol.asyncDispose]());

/** A home of its own, and the installed command in it. */
async function home(name: string): Promise<{ path: string; clawback: (...argv: string[]) => Promise<CliResult> }> {
  const path = join(scope.path, name);
  await tree(path, { nas: null, '.openclaw/openclaw.json': '{}', '.openclaw/workspace/MEMORY.md': 'remember' });
  const env = { HOME: path };
  return { path, clawback: (...argv) => spawnCli(argv, { env, cwd: path, launcher }) };
}

describe('the package as it is published', () => {
  test('holds what is run and read, and neither sources nor tests', async () => {
    const there = join(scope.path, 'installed/node_modules/clawback');
    const shipped = ['CHANGELOG.md', 'LICENSE', 'README.md', 'bin', 'dist', 'docs', 'package.json'];
    expect((await readdir(there)).sort()).toEqual(shipped);
  });

  test('runs nothing of one program in another', async () => {
    const bundled = join(scope.path, 'installed/node_modules/clawback/dist/cli');
    const programs = /^(?:main|\S+-worker|muted-inside|rehearsal-guard)\.js$/;
    const files = (await readdir(bundled)).filter((name) => name.endsWith('.js'));
    expect(files.filter((name) => programs.test(name))).toHaveLength(6);
    for (const name of files) {
      const code = await readFile(join(bundled, name), 'utf8');
      const imported = [...code.matchAll(/(?:from|import|import\()\s*"\.\/([^"]+)"/g)].map(([, file]) => file);
      expect(
        imported.filter((file) => programs.test(String(file))),
        name,
      ).toEqual([]);
    }
  });

  test('backs up, verifies and restores', async () => {
    const { path, clawback } = await home('whole');
    using database = createDatabase(join(path, '.openclaw/state/openclaw.sqlite'), 'state');
    addRow(database, 'cron_jobs', { store_key: 'k', job_id: 'daily', name: 'daily', job_json: '{}' });
    const steps = [
      ['--help'],
      ['init', '--destination', join(path, 'nas'), '--instance', 'here', '--yes'],
      ['backup'],
      ['backup', '--full'],
      ['verify', '--all'],
      ['restore', 'latest', '--target', 'restored', '--no-drill'],
    ];
    for (const words of steps) expect(await clawback(...words, '--quiet')).toMatchObject({ code: 0, stderr: '' });
    const restored = await listing(join(path, 'restored'));
    expect(restored).toMatchObject({ 'openclaw.json': '{}', 'workspace/MEMORY.md': 'remember' });
    expect(restored['state/openclaw.sqlite']).toContain('daily');
  });

  test('drills with the real OpenClaw', async () => {
    const path = join(scope.path, 'drilled');
    const openclaw = inject('openclaw');
    await using gateway = await startGateway({ openclaw, home: path, token: 'literal' });
    await gateway.stop();
    await mkdir(join(path, 'bin'));
    await symlink(openclaw, join(path, 'bin/openclaw'));
    const env = { HOME: path, PATH: `${join(path, 'bin')}:${process.env['PATH'] ?? ''}` };
    const clawback = (...argv: string[]): Promise<CliResult> => spawnCli(argv, { env, cwd: path, launcher });
    const init = ['init', '--destination', join(path, 'nas'), '--instance', 'here', '--yes'];
    for (const words of [init, ['backup']]) expect(await clawback(...words)).toMatchObject({ code: 0 });
    const { stdout } = await clawback('drill', '--json');
    const { checks, ...report } = JSON.parse(stdout) as DrillReport;
    expect(checks.filter(({ status }) => status === 'fail' || status === 'unknown')).toEqual([]);
    const [booted, muting] = [expect.any(String) as string, expect.any(String) as string];
    expect(report).toMatchObject({ token: { verdict: 'restorable' }, openclaw: { booted }, muting });
  });
});

describe('what it keeps compiled', () => {
  test('is in the cache of the user, for nobody else to write', async () => {
    const { path, clawback } = await home('kept');
    expect(await clawback('--help')).toMatchObject({ code: 0, stderr: '' });
    const { mode } = await stat(join(path, '.cache/clawback/compiled'));
    expect(mode & 0o777).toBe(0o700);
    expect(await readdir(join(path, '.cache/clawback/compiled'))).toHaveLength(1);
  });

  test('is not taken from where others can write', async () => {
    const { path, clawback } = await home('open');
    await tree(path, { '.cache/clawback/compiled': null });
    await chmod(join(path, '.cache/clawback/compiled'), 0o777);
    expect(await clawback('--help')).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(join(path, '.cache/clawback/compiled'))).toEqual([]);
  });

  test('is done without where there is no place for it', async () => {
    const { path, clawback } = await home('none');
    await writeFile(join(path, '.cache'), 'not a directory');
    expect(await clawback('--help')).toMatchObject({ code: 0, stderr: '' });
    expect(await spawnCli(['--version'], { launcher, env: {} })).toMatchObject({ code: 0, stderr: '' });
  });
});
