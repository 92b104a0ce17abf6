import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LAUNCHER, runCli } from '../../support/cli.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'clawback-interrupt-'));
  await mkdir(join(home, '.openclaw', 'nothing'), { recursive: true });
  await mkdir(join(home, 'nas'));
  await writeFile(join(home, '.openclaw', 'openclaw.json'), '{}');
  expect((await runCli(['init', '--destination', './nas'], { env: { HOME: home }, cwd: home })).code).toBe(0);
});

afterEach(() => rm(home, { recursive: true }));

it.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops a command that waits for input, with exit code 130',
  async (signal) => {
    const env = { HOME: home, PATH: process.env['PATH'] ?? '' };
    const child = spawn(process.execPath, [LAUNCHER, 'key', 'kit', '--identity', '-'], {
      env,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const exited = once(child, 'close');
    const said: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
    await listens(child.pid ?? 0);
    child.kill(signal);
    expect(await exited).toEqual([130, null]);
    expect(said.join('')).toContain('clawback: error: interrupted');
  },
);

/** Waits until the process listens to signals. Node itself catches SIGINT and SIGTERM from its start; SIGHUP, we alone and last. */
async function listens(pid: number): Promise<void> {
  const bit = 1n << BigInt(constants.signals.SIGHUP - 1);
  for (;;) {
    const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0';
    if ((BigInt(`0x${caught}`) & bit) !== 0n) return;
    await sleep(20);
  }
}
