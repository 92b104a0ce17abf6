import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { addCronJob } from '../support/openclaw-content.ts';
import { backendConnection, freePort, type Gateway } from '../support/openclaw.ts';
import { protect, type Protected } from '../support/protected.ts';
import { startSupervisor, type Supervisor } from '../support/supervisor.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const TOKEN = 'f'.repeat(48);

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let installation: Protected;
let stateDir: string;
let port: number;
const hosts: Supervisor[] = [];

beforeAll(async () => {
  place = await temporaryDirectory();
  stateDir = join(place.path, '.openclaw');
  port = await freePort();
  await mkdir(stateDir);
  const config = {
    gateway: { mode: 'local', bind: 'loopback', port, auth: { mode: 'token', token: '${OPENCLAW_GATEWAY_TOKEN}' } },
    discovery: { mdns: { mode: 'off' } },
    agents: { defaults: { heartbeat: { every: '0m' } } },
  };
  await writeFile(join(place.path, 'seed.json'), JSON.stringify(config));
  await writeFile(join(stateDir, 'openclaw.json'), JSON.stringify(config));
  installation = await protect(place.path, inject('openclaw'));
});

afterAll(async () => {
  for (const { child } of hosts) child.kill('SIGKILL');
  await place[Symbol.asyncDispose]();
});

/** A host whose disk is its own, empty at its start and gone at its end. `first` is done on it before anything else. */
function host(name: string, first: string): Supervisor {
  const env = {
    ...installation.env,
    OPENCLAW_GATEWAY_TOKEN: TOKEN,
    XDG_STATE_HOME: join(place.path, name),
    ...{ OPENCLAW_SKIP_CHANNELS: '1', OPENCLAW_SKIP_PROVIDERS: '1', OPENCLAW_SKIP_CRON: '1', OPENCLAW_OFFLINE: '1' },
    ...{ OPENCLAW_DISABLE_BONJOUR: '1', OPENCLAW_NO_AUTO_UPDATE: '1', OPENCLAW_NO_RESPAWN: '1' },
    ...{ OPENCLAW_SKIP_BROWSER_CONTROL_SERVER: '1', OPENCLAW_SKIP_STARTUP_MODEL_PREWARM: '1' },
  };
  const disk = `mount -t tmpfs tmpfs ${stateDir} && ${first} && exec "$@"`;
  const before = ['unshare', '--mount', '--map-root-user', 'sh', '-c', disk, 'sh'];
  const flags = ['--grace', '20s', '--lease', '60s'];
  const made = startSupervisor(['openclaw', 'gateway', 'run'], installation, { env, flags, before });
  hosts.push(made);
  return made;
}

async function ready(): Promise<void> {
  for (;;) {
    const probe = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (answer) => answer.json() as Promise<{ ready?: boolean }>,
      () => null,
    );
    if (probe?.ready === true) return;
    await sleep(100);
  }
}

/** As much of a Gateway as those who talk to it need. */
function gateway(): Pick<Gateway, 'call'> {
  return {
    async call(method, params = {}) {
      using connection = await backendConnection({ port, token: TOKEN });
      return await connection.call(method, params);
    },
  };
}

test('the real Gateway moves from one host to another, and what was written just before SIGTERM comes along', async () => {
  const first = host('a', `cp ${join(place.path, 'seed.json')} ${join(stateDir, 'openclaw.json')}`);
  await ready();
  const second = host('b', 'true');
  await second.said('prod-1 runs on another host');

  const id = await addCronJob(gateway() as Gateway, 'written last');
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(first.log()).toContain('last snapshot');

  await second.said('restored');
  await ready();
  const { jobs } = (await gateway().call('cron.list', { includeDisabled: true })) as { jobs: { id: string }[] };
  expect(jobs.map((job) => job.id)).toContain(id);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});
