import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { protect, type Protected } from '../support/protected.ts';
import { Runs } from '../support/refusal.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { state2026_9 } from '../unit/core/openclaw/states.ts';

interface Backup {
  readonly snapshot: { readonly id: string };
  readonly destinations: readonly { readonly caughtUp: readonly string[] }[];
}

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let installation: Protected;
let runs: Runs;
/** The second destination. */
let offsite: string;

beforeAll(async () => {
  place = await temporaryDirectory();
  await state2026_9(join(place.path, '.openclaw'));
  installation = await protect(place.path, inject('openclaw'));
  runs = new Runs(installation);
  offsite = join(place.path, 'offsite');
  await mkdir(offsite);
  const path = join(place.path, '.config', 'clawback', 'config.json5');
  const config = await readFile(path, 'utf8');
  await writeFile(path, config.replace('destinations: {', `destinations: {\n    offsite: 'file://${offsite}',`));
});

afterAll(() => place[Symbol.asyncDispose]());

test('one destination is away: done in part, and the next run to all of them delivers what it missed', async () => {
  await rename(offsite, `${offsite}.unmounted`);
  const part = await runs.run(['backup', '--json']);
  expect(part.code).toBe(3);
  const { snapshot, destinations } = JSON.parse(part.stdout) as Backup;
  expect(destinations).toMatchObject([
    { name: 'offsite', ok: false, error: expect.stringContaining('is not there') as string },
    { name: 'nas', ok: true },
  ]);
  await rename(`${offsite}.unmounted`, offsite);

  // A run to the other one alone must not let go of it.
  expect((await runs.run(['backup', '--destination', 'nas'])).code).toBe(0);
  expect(await readdir(offsite)).toEqual([]);

  const next = await runs.run(['backup', '--json']);
  expect(next.code).toBe(0);
  expect((JSON.parse(next.stdout) as Backup).destinations).toMatchObject([
    { name: 'offsite', ok: true, caughtUp: [snapshot.id] },
    { name: 'nas', ok: true, caughtUp: [] },
  ]);
  expect(await readdir(join(installation.workDir, 'spool', 'prod-1'))).toEqual([]);
});

test('all destinations are away: failed, and the next run delivers', async () => {
  const directories = [offsite, installation.nas];
  for (const directory of directories) await rename(directory, `${directory}.unmounted`);
  const refusal = { exit: 1, code: 'UNAVAILABLE', says: /no destination took the snapshot/ };
  await runs.expectRefused(['backup'], refusal);
  await runs.expectRefused(['list'], { ...refusal, says: /is not there/ });
  for (const directory of directories) await rename(`${directory}.unmounted`, directory);
  const { destinations } = JSON.parse((await runs.run(['backup', '--json'])).stdout) as Backup;
  // It ran twice: for a person and for a program.
  expect(destinations.map(({ caughtUp }) => caughtUp.length)).toEqual([2, 2]);
  expect((await runs.run(['verify', '--all'])).code).toBe(0);
});
