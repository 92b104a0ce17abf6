import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hostLock } from '../../../src/adapters/lock.ts';

const SINCE = '2026-11-22T20:34:37Z';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clawback-lock-'));
});

afterEach(() => rm(directory, { recursive: true }));

function lock() {
  return hostLock(join(directory, 'locks'), () => SINCE);
}

it('a second run is told who holds the lock and since when, and another instance is free', async () => {
  await using held = await lock().acquire('prod-1');
  await using other = await lock().acquire('prod-2');
  await expect(lock().acquire('prod-1')).rejects.toMatchObject({
    code: 'LOCKED',
    message: expect.stringContaining(`process ${process.pid}, since ${SINCE}`) as string,
  });
  expect([held, other]).toHaveLength(2);
});

it('a lock that was given back can be taken again, and its note is gone', async () => {
  const first = await lock().acquire('prod-1');
  await first[Symbol.asyncDispose]();
  expect((await readdir(join(directory, 'locks'))).filter((name) => name.endsWith('.json'))).toEqual([]);
  await using second = await lock().acquire('prod-1');
  expect(second).toBeDefined();
});

it('a process that was killed holds nothing', async () => {
  const script = `
    import { hostLock } from ${JSON.stringify(new URL('../../../src/adapters/lock.ts', import.meta.url).href)};
    await hostLock(${JSON.stringify(join(directory, 'locks'))}, () => '${SINCE}').acquire('prod-1');
    console.log('locked');
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(lock().acquire('prod-1')).rejects.toMatchObject({
    code: 'LOCKED',
    message: expect.stringContaining(`process ${child.pid}`) as string,
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  await using held = await lock().acquire('prod-1');
  expect(held).toBeDefined();
});

it('who waits gets the lock as soon as it is given back, and was told whom it waits for', async () => {
  const first = await lock().acquire('prod-1');
  const told: string[] = [];
  const { signal } = new AbortController();
  const second = lock().acquire('prod-1', { signal, onWait: (holder) => told.push(holder) });
  await sleep(250);
  await first[Symbol.asyncDispose]();
  await using held = await second;
  expect(held).toBeDefined();
  expect(told).toEqual([expect.stringContaining(`process ${process.pid}, since ${SINCE}`)]);
  await expect(lock().acquire('prod-1')).rejects.toMatchObject({ code: 'LOCKED' });
});

it('a wait can be broken off', async () => {
  await using held = await lock().acquire('prod-1');
  const controller = new AbortController();
  const waiting = lock().acquire('prod-1', { signal: controller.signal, onWait: () => undefined });
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  expect(held).toBeDefined();
});
