import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { thisMachine } from '../../../../src/adapters/doctor/machine.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';

const machine = thisMachine({ PATH: process.env['PATH'] });

it('reads files of the kernel, which say that they are empty', async () => {
  expect(await machine.read('/proc/self/mountinfo')).toMatch(/ - \S+ \S+/);
  expect(await machine.tail('/proc/self/status', 100_000)).toMatch(/^Name:/);
});

it('reads the end of a long file, and its first MiB', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { log: `${'x'.repeat(3_000_000)}the end` });
  expect(await machine.tail(join(place.path, 'log'), 7)).toBe('the end');
  expect((await machine.read(join(place.path, 'log')))?.length).toBe(1024 * 1024);
});

it('takes what may not be seen for what is not there, and never waits for a pipe', async () => {
  await using place = await temporaryDirectory();
  execFileSync('mkfifo', [join(place.path, 'pipe')]);
  expect(await machine.read(join(place.path, 'pipe'))).toBeNull();
  expect(await machine.read(join(place.path, 'gone'))).toBeNull();
  expect(await machine.list(join(place.path, 'gone'))).toEqual([]);
  expect(await machine.stat(join(place.path, 'gone'))).toBeNull();
  expect(await machine.space(join(place.path, 'gone'))).toBeNull();
});

it('tells what stands at a path and what is free there', async () => {
  await using place = await temporaryDirectory();
  await tree(place.path, { file: 'abc', link: { link: 'file' } });
  expect(await machine.stat(join(place.path, 'link'))).toMatchObject({ type: 'file', size: 3 });
  expect(await machine.link(join(place.path, 'link'))).toBe('file');
  expect((await machine.space(place.path))?.total).toBeGreaterThan(0);
});

it('asks tools of the system, and does without those that are missing or fail', async () => {
  expect(await machine.ask('uname', '-s')).toBe('Linux\n');
  expect(await machine.ask('no-such-tool')).toBeNull();
  expect(await machine.ask('false')).toBeNull();
});
