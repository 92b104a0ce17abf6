import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { processEnvironment } from '../../../../src/core/openclaw/process.ts';
import { runningGateway } from '../../../../src/core/openclaw/running.ts';
import { createDatabase } from '../../../support/openclaw-schema.ts';
import { temporaryDirectory, tree } from '../../../support/temporary.ts';
import { located } from './host.ts';

const HOLD = `
  const { DatabaseSync } = require('node:sqlite');
  const database = process.argv[1] === undefined ? null : new DatabaseSync(process.argv[1]);
  database?.exec('SELECT * FROM cron_jobs');
  process.title = 'openclaw-gateway';
  process.stdout.write('ready');
  setInterval(() => {}, 1000);`;

/** A process that calls itself what a Gateway calls itself, and holds a database open if one is named. */
async function gatewayLike(database?: string): Promise<AsyncDisposable & { pid: number; child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', HOLD, ...(database === undefined ? [] : [database])], {
    env: { MARK: 'here' },
  });
  await once(child.stdout, 'data');
  const stop = async (): Promise<void> => {
    const gone = once(child, 'exit');
    if (child.kill('SIGKILL')) await gone;
  };
  return { pid: child.pid ?? 0, child, [Symbol.asyncDispose]: stop };
}

function startTimeOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[19]);
}

function lockOf(home: string, content: object): Record<string, string> {
  const common = { configPath: `${home}/.openclaw/openclaw.json`, stateDir: `${home}/.openclaw`, createdAt: 'x' };
  return { '.openclaw/tmp/openclaw-0/gateway.state.lock': JSON.stringify({ ...common, ...content }) };
}

it('finds the owner of the lock, its port and its environment', async () => {
  await using home = await temporaryDirectory();
  await using gateway = await gatewayLike();
  await tree(home.path, lockOf(home.path, { pid: gateway.pid, port: 18789, startTime: startTimeOf(gateway.pid) }));
  const found = await runningGateway(located(home.path));
  expect(found).toEqual({
    pid: gateway.pid,
    port: 18789,
    evidence: expect.stringContaining('gateway.state.lock') as string,
  });
  expect(await processEnvironment(gateway.pid)).toEqual({ MARK: 'here' });
});

it('takes no notice of a lock whose process is gone', async () => {
  await using home = await temporaryDirectory();
  const gateway = await gatewayLike();
  await gateway[Symbol.asyncDispose]();
  await tree(home.path, lockOf(home.path, { pid: gateway.pid }));
  expect(await runningGateway(located(home.path))).toBeNull();
});

it('takes no notice of a lock whose process id has been given to another process', async () => {
  await using home = await temporaryDirectory();
  await using other = await gatewayLike();
  await tree(home.path, lockOf(home.path, { pid: other.pid, startTime: startTimeOf(other.pid) - 1 }));
  expect(await runningGateway(located(home.path))).toBeNull();
});

it('takes no notice of a lock without a start time whose process is no OpenClaw', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, lockOf(home.path, { pid: process.pid }));
  expect(await runningGateway(located(home.path))).toBeNull();
});

it('takes no notice of a lock that came along in a copy of the state directory', async () => {
  await using home = await temporaryDirectory();
  await using gateway = await gatewayLike();
  const original = { stateDir: '/home/original/.openclaw', pid: gateway.pid, startTime: startTimeOf(gateway.pid) };
  await tree(home.path, lockOf(home.path, original));
  expect(await runningGateway(located(home.path))).toBeNull();
});

it('survives a lock that is half written', async () => {
  await using home = await temporaryDirectory();
  await tree(home.path, { '.openclaw/tmp/openclaw-0/gateway.state.lock': '{"pid": 1' });
  expect(await runningGateway(located(home.path))).toBeNull();
});

it('finds a Gateway by the database that it holds, also after the directory was deleted under it', async () => {
  await using home = await temporaryDirectory();
  const database = `${home.path}/.openclaw/state/openclaw.sqlite`;
  createDatabase(database, 'state').close();
  await using gateway = await gatewayLike(database);
  const evidence = `process ${gateway.pid} holds ${database} open`;
  expect(await runningGateway(located(home.path))).toEqual({ pid: gateway.pid, port: null, evidence });
  await rm(`${home.path}/.openclaw`, { recursive: true });
  expect(await runningGateway(located(home.path))).toMatchObject({ pid: gateway.pid });
});

it('does not take the Gateway of another state directory for this one', async () => {
  await using home = await temporaryDirectory();
  await using other = await temporaryDirectory();
  const database = `${other.path}/.openclaw/state/openclaw.sqlite`;
  createDatabase(database, 'state').close();
  await tree(home.path, { '.openclaw/openclaw.json': '{}' });
  await using _gateway = await gatewayLike(database);
  expect(await runningGateway(located(home.path))).toBeNull();
});
