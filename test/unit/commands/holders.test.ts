import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupResult } from '../../../src/commands/backup.ts';
import type { VerifyResult } from '../../../src/commands/verify.ts';
import { type CliResult, runCli } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { state2026_9 } from '../core/openclaw/states.ts';

let scope: Awaited<ReturnType<typeof temporaryDirectory>>;
let snapshot: BackupResult['snapshot'];
let progress: { event: string; label: string; done: number; total: number | null }[];

function clawback(...argv: readonly string[]): Promise<CliResult> {
  return runCli(argv, { env: { HOME: scope.path }, cwd: scope.path });
}

beforeAll(async () => {
  scope = await temporaryDirectory();
  await state2026_9(join(scope.path, '.openclaw'));
  for (const name of ['nas', 'disk']) await mkdir(join(scope.path, name));
  const destinations = ['--destination', 'nas=./nas', '--destination', 'disk=./disk'];
  expect(await clawback('init', '--yes', '--instance', 'prod', ...destinations)).toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await clawback('backup', '--json', '--progress', 'json');
  expect({ code, stderr }).toMatchObject({ code: 0 });
  ({ snapshot } = JSON.parse(stdout) as BackupResult);
  progress = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as (typeof progress)[number]);
  const copy = join(scope.path, 'nas', snapshot.key);
  const bytes = await readFile(copy);
  // In the first chunk after the header, which every full pass reads, and the manifest at the end.
  for (const at of [Math.floor(bytes.length / 3), bytes.length - 100]) bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(copy, bytes);
});

afterAll(() => scope[Symbol.asyncDispose]());

test.each(['nas', 'disk'])('a backup says how much of the sealed snapshot %s has been sent', (name) => {
  const label = `sending ${snapshot.id} to ${name}`;
  const lines = progress.filter((line) => line.label === label);
  expect(lines[0]).toMatchObject({ event: 'start', done: 0, total: snapshot.bytes });
  expect(lines.at(-1)).toMatchObject({ event: 'end', done: snapshot.bytes, total: snapshot.bytes });
});

describe('with a damaged copy in the nearest destination', () => {
  const warning = /warning: nas has a copy that is not sound, the next destination goes on/;

  test('a whole restore takes the other one', async () => {
    const { code, stderr } = await clawback('restore', '--target', './restored', '--no-drill');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(warning) as string });
    expect(await readFile(join(scope.path, 'restored/openclaw.json'), 'utf8')).toContain('{');
  });

  test('so does a look at one file', async () => {
    const { code, stdout, stderr } = await clawback('cat', 'latest', 'state/openclaw.json');
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(warning) as string });
    expect(stdout).toBe(await readFile(join(scope.path, '.openclaw/openclaw.json'), 'utf8'));
  });

  test('a verify says which one it is', async () => {
    const { code, stdout } = await clawback('verify', '--json');
    expect(code).toBe(4);
    const { results } = JSON.parse(stdout) as VerifyResult;
    expect(results.map(({ destination, ok }) => [destination, ok])).toEqual([
      ['nas', false],
      ['disk', true],
    ]);
  });
});
