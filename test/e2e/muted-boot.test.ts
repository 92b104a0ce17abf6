import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { mutedBooter } from '../../src/adapters/gateway/muted.ts';
import { rehearse } from '../../src/core/drill/rehearsal.ts';
import { readRestored } from '../../src/core/drill/subject.ts';
import type { BootRequest, GatewaySecret } from '../../src/ports/gateway.ts';
import { pairDevice } from '../support/openclaw-devices.ts';
import { startGateway, type Gateway } from '../support/openclaw.ts';
import { processesOf as processesWith } from '../support/child.ts';
import { manifestOf } from '../support/drilled.ts';
import { restoredCopy } from '../support/restored-copy.ts';
import { stock } from '../support/stock.ts';
import { tree } from '../support/temporary.ts';

let root: string;
let telegram: Server;
let calls = 0;
let live: Gateway;
let secret: GatewaySecret;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clawback-muted-'));
  telegram = createServer((socket) => {
    calls += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(telegram, 'listening');
  const apiRoot = `http://127.0.0.1:${(telegram.address() as AddressInfo).port}`;
  live = await startGateway({
    openclaw: inject('openclaw'),
    home: join(root, 'home'),
    config: { channels: { telegram: { enabled: true, botToken: '123456:fake', apiRoot } } },
  });
  secret = { mode: 'token', value: live.token };
  await pairDevice(live, { kind: 'ui', name: 'browser' });
  await live.call('cron.add', everySecond('old'));
});

afterAll(async () => {
  await live[Symbol.asyncDispose]();
  telegram.close();
  await rm(root, { recursive: true, force: true });
});

test('a copy boots at the path and port of a live gateway, which it neither sees nor touches, and nothing fires', async () => {
  const request = await requestFor(live.home, 'same');
  const mountsBefore = await mountsHere(live.home, request.scratch);
  {
    await using muted = await booter().boot(request, AbortSignal.timeout(120_000));
    expect(muted.port).toBe(live.port);
    expect(muted.openclawVersion).toBe('2026.9.6');
    expect(muted.probe).toMatchObject({ ready: true });
    expect(await muted.connect({ secret })).toMatchObject({ outcome: 'connected' });
    expect(await muted.connect({ secret: { ...secret, value: 'wrong' } })).toMatchObject({
      outcome: 'refused',
      code: 'AUTH_TOKEN_MISMATCH',
    });
    expect(await muted.call('device.pair.list', {}, secret)).toMatchObject({ paired: [{ displayName: 'browser' }] });
    await expect(muted.call('no.such.method', {}, secret)).rejects.toMatchObject({ code: 'FAILED' });

    await muted.call('sessions.create', { key: 'agent:main:only-in-the-copy' }, secret);
    expect(JSON.stringify(await live.call('sessions.list'))).not.toContain('only-in-the-copy');
    // A job that was due while the Gateway was down is put off for two minutes, a new one is not.
    await muted.call('cron.add', everySecond('new'), secret);
    await sleep(2500);
    expect(await muted.call('cron.status', {}, secret)).toMatchObject({ enabled: false });
    const { jobs } = (await muted.call('cron.list', { query: 'every second' }, secret)) as { jobs: Job[] };
    expect(jobs.map(({ name, state }) => [name, state.lastRunAtMs]).sort()).toEqual([
      ['every second, new', undefined],
      ['every second, old', undefined],
    ]);
  }
  expect(calls).toBe(0);
  expect(await processesNaming(request.scratch)).toEqual([]);
  expect(await mountsHere(live.home, request.scratch)).toEqual(mountsBefore);
  expect(await readdir(join(request.scratch, 'root'))).toEqual([]);
  expect(live.log()).not.toContain('only-in-the-copy');
});

/** What is mounted here, without what other tests mount meanwhile in directories and network namespaces of their own. */
async function mountsHere(...own: readonly string[]): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return mounts.filter(
    (mount) => own.some((path) => mount.includes(path)) || !/\/clawback-test-|\/run\/netns\//.test(mount),
  );
}

test('an aborted boot leaves no process', async () => {
  const request = await requestFor(live.home, 'aborted');
  await expect(booter().boot(request, AbortSignal.timeout(3000))).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await processesNaming(request.scratch)).toEqual([]);
});

test('an ordinary user boots a copy from a path that this host does not have, and kill -9 of clawback leaves nothing', async () => {
  const home = '/no-such-home/node';
  const request = await requestFor(home, 'elsewhere');
  // User 1000 of a namespace of its own: it may do there what any ordinary user may, and owns root's files.
  const child = bootChild(['unshare', '--user', '--map-user=1000', '--map-group=1000'], request);
  expect(await child.said).toBe(`uid 1000 booted on ${live.port}`);
  expect(await processesNaming(request.scratch)).not.toEqual([]);
  child.process.kill('SIGKILL');
  await expect.poll(() => processesNaming(request.scratch), { timeout: 10_000 }).toEqual([]);
  expect(existsSync('/no-such-home')).toBe(false);
});

test('where the kernel gives no network namespace, nothing is booted', async () => {
  const request = await requestFor(live.home, 'denied');
  const denying = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"';
  const child = bootChild(['unshare', '--user', '--map-root-user', 'sh', '-c', denying, 'sh'], request);
  expect(await child.said).toMatch(/^CANNOT_MUTE cannot mute the gateway: unshare.*\(run the drill as root/);
});

test('without namespaces it is rehearsed: it answers at a path of its own, nothing connects, nothing fires, no secret is left', async () => {
  const copy = await restoredCopy(live.stateDir, join(root, 'rehearsed', 'copy'));
  await tree(copy, {
    '.env': 'TELEGRAM_BOT_TOKEN=123456:fake\n',
    'credentials/whatsapp/default/creds.json': '123456:fake',
  });
  const directory = join(root, 'rehearsed', 'rehearsal');
  const scratch = join(root, 'rehearsed', 'scratch');
  await mkdir(scratch, { mode: 0o700 });
  const manifest = await manifestOf(live, copy);
  const subject = {
    manifest,
    snapshotId: '',
    environment: {},
    roots: manifest.roots.map((one) => ({ root: one, copy })),
  };
  const whole = { ...subject, integrity: { files: 1, bytes: 1, problems: [] } };
  const state = await readRestored(whole, { ...HOST, home: root });
  const { request } = await rehearse({ subject: whole, state, token: secret }, directory);
  await expect(stock('grep', ['-rl', '123456:fake', directory])).rejects.toThrow();

  await using muted = await booter().boot(
    { ...request, scratch, command: inject('openclaw') },
    AbortSignal.timeout(120_000),
  );
  expect(muted.port).not.toBe(live.port);
  expect(await muted.connect({ secret })).toMatchObject({ outcome: 'connected' });
  expect(await muted.connect({ secret: { ...secret, value: 'wrong' } })).toMatchObject({ code: 'AUTH_TOKEN_MISMATCH' });
  expect(await muted.call('device.pair.list', {}, secret)).toMatchObject({ paired: [{ displayName: 'browser' }] });
  await muted.call('cron.add', everySecond('new'), secret);
  await sleep(2500);
  const { jobs } = (await muted.call('cron.list', { query: 'every second' }, secret)) as { jobs: Job[] };
  expect(jobs.map(({ name, state: { lastRunAtMs } }) => [name, lastRunAtMs]).sort()).toEqual([
    ['every second, new', undefined],
    ['every second, old', undefined],
  ]);
  expect(calls).toBe(0);
  expect(await processesWith(directory)).not.toEqual([]);
  await muted[Symbol.asyncDispose]();
  expect(await processesWith(directory)).toEqual([]);
});

test('without openclaw, nothing is booted', async () => {
  const request = { ...(await requestFor(live.home, 'absent')), command: 'no-such-openclaw' };
  await expect(booter().boot(request, AbortSignal.timeout(5000))).rejects.toMatchObject({ code: 'CANNOT_BOOT' });
});

test('a gateway that does not start is reported with its last words, its secrets masked', async () => {
  const request = await requestFor(live.home, 'broken');
  await rm(join(root, 'broken', 'copy', 'openclaw.json'));
  const boot = booter().boot(
    { ...request, environment: { OPENCLAW_GATEWAY_TOKEN: 'Missing config' } },
    AbortSignal.timeout(60_000),
  );
  await expect(boot).rejects.toMatchObject({
    code: 'GATEWAY_DIED',
    message: expect.stringMatching(/exited with 78.*\*\*\*/s) as unknown,
  });
});

const HOST = { env: {}, uid: 0, hostname: 'h', platform: 'linux', arch: 'x64', nodeVersion: process.version };

interface Job {
  readonly name: string;
  readonly state: { readonly lastRunAtMs?: number };
}

function everySecond(which: string): Record<string, unknown> {
  return {
    name: `every second, ${which}`,
    schedule: { kind: 'every', everyMs: 1000 },
    sessionTarget: 'main',
    wakeMode: 'now',
    payload: { kind: 'systemEvent', text: 'tick' },
  };
}

function booter(): ReturnType<typeof mutedBooter> {
  return mutedBooter({ path: process.env['PATH'] ?? '' });
}

async function requestFor(home: string, name: string): Promise<BootRequest> {
  const stateDir = join(home, '.openclaw');
  const scratch = join(root, name, 'scratch');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  const copy = await restoredCopy(live.stateDir, join(root, name, 'copy'));
  return {
    muting: 'namespaces',
    mounts: [{ copy, at: stateDir }],
    stateDir,
    home,
    configPath: join(stateDir, 'openclaw.json'),
    environment: { OPENCLAW_GATEWAY_TOKEN: live.token },
    scratch,
    command: inject('openclaw'),
  };
}

interface BootChild {
  readonly process: ChildProcess;
  /** Its first line. */
  readonly said: Promise<string>;
}

function bootChild(prefix: readonly [string, ...string[]], request: BootRequest): BootChild {
  const script = fileURLToPath(new URL('../support/boot-child.ts', import.meta.url));
  const [command, ...words] = prefix;
  const child = spawn(command, [...words, process.execPath, script, JSON.stringify(request)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { process: child, said: once(child.stdout, 'data').then(([data]) => String(data).trim()) };
}

/** Command lines of all processes that have anything of this test's directory mounted: those of its private namespaces. */
async function processesNaming(scratch: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '');
    if (mounts.includes(dirname(scratch)))
      found.push(await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => pid));
  }
  return found;
}
