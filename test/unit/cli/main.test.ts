import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, spawnCli } from '../../support/cli.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clawback-cli-'));
});

afterEach(() => rm(home, { recursive: true }));

function run(...argv: readonly string[]) {
  return runCli(argv, { env: { HOME: home }, cwd: home });
}

describe('usage', () => {
  it('--help goes to stdout and is success', async () => {
    const { code, stdout, stderr } = await run('--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('clawback init');
  });

  it('--version prints the version of the package', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('no command shows the help on stderr and is wrong usage', async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('Commands:');
  });

  it.each([
    [['bakcup'], "clawback: error: unknown command 'bakcup'\nclawback: hint: did you mean backup?\n"],
    [
      ['list', '--destinaton', 'x'],
      "clawback: error: unknown option '--destinaton'\nclawback: hint: did you mean --destination?\n",
    ],
    [['cat', 'latest'], "clawback: error: missing required argument 'path'\n"],
    [
      ['restore', '--in-place', '--target', 'x'],
      "clawback: error: option '--in-place' cannot be used with option '--target <dir>'\n",
    ],
    [['restore', '--token', 'lose'], "clawback: error: option '--token <policy>' argument 'lose' is invalid."],
  ])('%j is refused in two lines, with exit code 2', async (argv, said) => {
    const { code, stdout, stderr } = await run(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^clawback: error: .+\nclawback: hint: .+\n$/);
  });
});

describe('an error', () => {
  it('without a config says how to make one', async () => {
    const { code, stderr } = await run('backup');
    expect(code).toBe(2);
    expect(stderr).toBe(
      `clawback: error: no config file at ${join(home, '.config/clawback/config.json5')}\n` +
        'clawback: hint: run clawback init, or say which file with --config\n',
    );
  });

  it('is one JSON document on stdout with --json, and nothing is said on stderr', async () => {
    const { code, stdout, stderr } = await run('backup', '--json');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: 'CONFIG',
        message: expect.stringContaining('no config file') as string,
        hint: expect.any(String) as string,
      },
    });
  });

  it('in the usage is JSON too', async () => {
    const { code, stdout } = await run('list', '--json', '--nonsense');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'USAGE', message: "unknown option '--nonsense'" } });
  });

  it('in the config names its line, for a file given by option or by variable', async () => {
    await writeFile(join(home, 'claw.json5'), "{\n  instanze: 'a',\n}");
    const expected = `clawback: error: ${join(home, 'claw.json5')}, line 2: unknown key instanze\nclawback: hint: did you mean instance?\n`;
    expect((await run('list', '--config', 'claw.json5')).stderr).toBe(expected);
    const byVariable = await runCli(['list'], { env: { HOME: home, CLAWBACK_CONFIG: join(home, 'claw.json5') } });
    expect(byVariable.stderr).toBe(expected);
  });

  it('after an interruption is exit code 130', async () => {
    const { code, stderr } = await runCli(['backup'], { env: { HOME: home }, signal: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(stderr).toContain('interrupted');
  });
});

describe('the launcher', () => {
  it('runs as a process with nothing on stderr', async () => {
    expect(await spawnCli(['--version'], { env: { HOME: home } })).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^\d/) as string,
    });
  });

  it('gives the exit code of what it ran, and no warning of Node besides', async () => {
    const { code, stderr } = await spawnCli(['backup'], { env: { HOME: home } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^clawback: error: .+\nclawback: hint: .+\n$/);
  });
});
