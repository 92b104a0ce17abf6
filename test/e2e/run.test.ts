import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, test } from 'vitest';
import { protect, type Protected } from '../support/protected.ts';
import { SHORT, startSupervisor, type Supervisor, type SupervisorOptions } from '../support/supervisor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { state2026_9 } from '../unit/core/openclaw/states.ts';

/** An installation without OpenClaw running on it, and hosts that run something for it. */
interface Scene extends AsyncDisposable {
  readonly installation: Protected;
  readonly stateDir: string;
  /** A command that says that it runs, until it is told to stop; then it writes a file, and exits 3. */
  readonly sleeper: readonly string[];
  readonly host: (command: readonly string[], options?: SupervisorOptions) => Supervisor;
  /** The environment of another host, with a disk of its own for what Clawback keeps. */
  readonly elsewhere: (name: string) => Record<string, string>;
}

async function scene(): Promise<Scene> {
  const place = await temporaryDirectory();
  const stateDir = join(place.path, '.openclaw');
  await state2026_9(stateDir);
  const installation = await protect(place.path, inject('openclaw'));
  const started: Supervisor[] = [];
  const last = `echo written last > ${stateDir}/last.txt`;
  return {
    installation,
    stateDir,
    sleeper: ['sh', '-c', `trap '${last}; exit 3' TERM; echo it runs in $$; while :; do sleep 0.05; done`],
    host(command, options) {
      const made = startSupervisor(command, installation, options);
      started.push(made);
      return made;
    },
    elsewhere: (name) => ({ ...installation.env, XDG_STATE_HOME: join(place.path, name) }),
    async [Symbol.asyncDispose]() {
      for (const { child } of started) child.kill('SIGKILL');
      await place[Symbol.asyncDispose]();
    },
  };
}

describe.concurrent('clawback run', () => {
  test('the command stops within its grace, what it wrote last is stored, and its exit code is ours', async () => {
    await using set = await scene();
    const { stateDir, sleeper, host, elsewhere } = set;
    const first = host(sleeper);
    await first.said('it runs');
    expect(first.log()).toContain('holds something already');
    first.child.kill('SIGTERM');
    expect(await first.ended).toBe(3);
    expect(first.log()).toContain('last snapshot');

    await rm(stateDir, { recursive: true });
    const second = host(['sh', '-c', `cat ${stateDir}/last.txt; kill -KILL $$`], { env: elsewhere('second') });
    expect(await second.ended).toBe(137);
    expect(second.log()).toMatch(/restored \S+ to .*\n(?:.*\n)*written last/);
  });

  test('a command that does not stop is killed in time for a last snapshot', async () => {
    await using set = await scene();
    const { host } = set;
    const stubborn = host(['sh', '-c', `trap '' TERM; echo it runs; while :; do sleep 0.05; done`], {
      flags: ['--grace', '14s'],
    });
    await stubborn.said('it runs');
    const began = performance.now();
    stubborn.child.kill('SIGTERM');
    expect(await stubborn.ended).toBe(137);
    expect(performance.now() - began).toBeLessThan(14_000);
    expect(stubborn.log()).toContain('has not stopped in its share of the grace period');
    expect(stubborn.log()).toContain('last snapshot');
  });

  test('of two hosts exactly one runs; when that one dies, the other one goes on from its last snapshot', async () => {
    await using set = await scene();
    const { installation, sleeper, host, elsewhere } = set;
    const hosts = [
      host(sleeper, { env: elsewhere('a'), flags: SHORT }),
      host(sleeper, { env: elsewhere('b'), flags: SHORT }),
    ];
    while (!hosts.some((one) => one.log().includes('it runs'))) await sleep(20);
    const [holder, waiting] = hosts[0]?.log().includes('it runs') === true ? hosts : hosts.toReversed();
    await waiting?.said('prod-1 runs on another host');
    const impatient = host(sleeper, { flags: [...SHORT, '--wait', '0s'], env: elsewhere('c') });
    expect(await impatient.ended).toBe(5);

    const [, pid] = /it runs in (\d+)/.exec(holder?.log() ?? '') ?? [];
    holder?.child.kill('SIGKILL');
    process.kill(Number(pid), 'SIGKILL');
    expect(waiting?.log()).not.toContain('it runs');
    await waiting?.said('it runs');
    waiting?.child.kill('SIGTERM');
    expect(await waiting?.ended).toBe(3);
    const lease = await readdir(join(installation.nas, 'prod-1', 'lease'));
    expect(await readFile(join(installation.nas, 'prod-1', 'lease', lease.at(-1) ?? ''), 'utf8')).toContain('released');
  });

  test('a host that cannot renew its lease stops its command, and stores nothing', async () => {
    await using set = await scene();
    const { installation, stateDir, sleeper, host } = set;
    const { nas } = installation;
    const cutOff = host(sleeper, { flags: SHORT });
    await cutOff.said('it runs');
    await rename(nas, `${nas}.unmounted`);
    expect(await cutOff.ended).toBe(5);
    expect(cutOff.log()).toContain(
      'error: this host may not run prod-1 any more: the lease could not be renewed in time',
    );
    expect(existsSync(join(stateDir, 'last.txt'))).toBe(true);
    expect(await readdir(`${nas}.unmounted/prod-1`)).toEqual(['lease']);
  });

  test('nothing starts blank: not while the storage is away, and not on a snapshot that does not open', async () => {
    await using set = await scene();
    const { installation, stateDir, sleeper, host } = set;
    const { nas } = installation;
    await installation.must('backup');
    await rm(stateDir, { recursive: true });
    await rename(nas, `${nas}.unmounted`);
    const away = host(sleeper);
    expect(await away.ended).toBe(1);
    expect(away.log()).toContain('is not there');
    await rename(`${nas}.unmounted`, nas);

    const [name = ''] = (await readdir(join(nas, 'prod-1'))).filter((found) => found.endsWith('.age'));
    await writeFile(join(nas, 'prod-1', name), 'not a snapshot');
    const damaged = host(sleeper);
    expect(await damaged.ended).not.toBe(0);
    for (const one of [away, damaged]) expect(one.log()).not.toContain('it runs');
    expect(existsSync(stateDir)).toBe(false);
  });

  test('a container needs no file, hands no key on, and may be process 1', async () => {
    await using set = await scene();
    const { installation, stateDir, host } = set;
    const config = join(installation.home, '.config', 'clawback');
    const identity = await readFile(join(config, 'identity.txt'), 'utf8');
    const keys = {
      CLAWBACK_IDENTITY: identity,
      CLAWBACK_SIGNING_KEY: await readFile(join(config, 'signing-key.txt'), 'utf8'),
    };
    const [, recipient = ''] = /public key: (\S+)/.exec(identity) ?? [];
    await rm(config, { recursive: true });
    const env = {
      ...{ HOME: installation.home, PATH: process.env['PATH'] ?? '', ...keys },
      CLAWBACK_INSTANCE: 'prod-1',
      CLAWBACK_DESTINATIONS: `file://${installation.nas}`,
      CLAWBACK_RECIPIENTS: recipient,
      CLAWBACK_SCHEDULE: '* * * * * *',
    };
    const before = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child', '--map-root-user'];
    const script = `env; trap 'exit 4' TERM; echo I am $$, my parent is $PPID; while :; do sleep 0.05; done`;
    const container = host(['sh', '-c', script], { env, before });
    await container.said('my parent is 1\n');
    await container.said('backup: ');
    expect(container.log()).not.toMatch(/AGE-SECRET-KEY|ed25519-secret/);
    expect(container.log()).toContain('CLAWBACK_INSTANCE=prod-1');
    // unshare forwards no signals: it goes to the process itself, as a container engine sends it.
    const [inner] = (await readFile(`/proc/${container.child.pid}/task/${container.child.pid}/children`, 'utf8')).split(
      ' ',
    );
    process.kill(Number(inner), 'SIGTERM');
    expect(await container.ended).toBe(4);
    expect(container.log()).toContain('last snapshot');
    await rm(stateDir, { recursive: true });
    const next = host(['true'], { env });
    expect(await next.ended).toBe(0);
    expect(next.log()).toContain('restored');
  });
});
