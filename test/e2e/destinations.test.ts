import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { BackupResult } from '../../src/commands/backup.ts';
import type { ListResult } from '../../src/commands/list.ts';
import { createSession, inject as say } from '../support/openclaw-content.ts';
import { startGateway } from '../support/openclaw.ts';
import { runCli } from '../support/cli.ts';
import { type DavServer, freshCollection } from '../support/servers/dav-server.ts';
import { cutDownloadsAfter, storm } from '../support/servers/faults.ts';
import type { Loopback } from '../support/servers/loopback.ts';
import { startNginx } from '../support/servers/nginx.ts';
import { relayTo } from '../support/servers/relay.ts';
import { type Sshd, startSshd } from '../support/servers/sshd.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;
let sshd: Sshd;
let dav: DavServer;
/** Stands before the WebDAV server, which is dead while it says so. */
let relay: Loopback;
let home: string;
let nas: string;
let environment: Record<string, string>;

beforeAll(async () => {
  place = await temporaryDirectory();
  home = join(place.path, 'home');
  nas = join(place.path, 'nas');
  await mkdir(home);
  await mkdir(nas);
  [sshd, dav] = await Promise.all([startSshd(), startNginx()]);
  relay = await relayTo(`http://127.0.0.1:${dav.port}`);
  await cp(join(sshd.home, '.ssh'), join(home, '.ssh'), { recursive: true });
  environment = { HOME: home, ...dav.environment };

  await using gateway = await startGateway({ openclaw: inject('openclaw'), home });
  await say(gateway, await createSession(gateway, 'agent:main:trip'), 'hello');
  environment = { ...environment, OPENCLAW_GATEWAY_TOKEN: gateway.token };

  const { url } = await freshCollection(dav);
  const destinations = [
    `${relay.origin.replace('http:', 'webdav:')}${url.pathname}`,
    `sftp://${sshd.user}@127.0.0.1:${sshd.port}${await sshd.directory()}`,
    nas,
  ];
  const flags = destinations.flatMap((location) => ['--destination', location]);
  const { code, stderr } = await clawback('init', '--yes', '--instance', 'prod', ...flags);
  expect({ code, stderr }).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await relay[Symbol.asyncDispose]();
  await Promise.all([sshd[Symbol.asyncDispose](), dav[Symbol.asyncDispose]()]);
  await place[Symbol.asyncDispose]();
});

function clawback(...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(words, { env: environment });
}

async function backup(): Promise<BackupResult & { readonly code: number }> {
  const { code, stdout } = await clawback('backup', '--json');
  return { ...(JSON.parse(stdout) as BackupResult), code };
}

async function holders(): Promise<Record<string, readonly string[]>> {
  const { stdout } = await clawback('list', '--json');
  const { snapshots } = JSON.parse(stdout) as ListResult;
  return Object.fromEntries(snapshots.map(({ id, destinations }) => [id, destinations]));
}

test('a backup to three destinations of which one is dead exits 3, and the next one heals it', async () => {
  const outage = relay.inject(storm());
  const first = await backup();
  expect(first.code).toBe(3);
  expect(first.destinations.map(({ ok }) => ok)).toEqual([false, true, true]);
  expect(first.destinations[0]?.error).toMatch(/the server answered 503/);

  outage[Symbol.dispose]();
  expect((await holders())[first.snapshot.id]).toHaveLength(2);
  const second = await backup();
  expect(second.code).toBe(0);
  expect(second.destinations.map(({ caughtUp }) => caughtUp)).toEqual([[first.snapshot.id], [], []]);
  const names = second.destinations.map(({ name }) => name);
  const nearestFirst = [names[2], names[0], names[1]];
  expect(await holders()).toEqual({ [first.snapshot.id]: nearestFirst, [second.snapshot.id]: nearestFirst });
  expect(await readdir(join(home, '.local/state/clawback/spool/prod'))).toEqual([]);
});

test('a restore reads on at the next holder when one is cut in the middle, or has a copy that is damaged there', async () => {
  const { snapshot } = await backup();
  const copy = join(nas, snapshot.key);
  const bytes = await readFile(copy);
  const flip = Math.floor(bytes.length / 2);
  bytes[flip] = (bytes[flip] ?? 0) ^ 1;
  await writeFile(copy, bytes);
  using _fault = relay.inject(cutDownloadsAfter(Math.floor(bytes.length / 4)));
  const target = join(place.path, 'from-three');
  const flags = ['--target', target, '--identity', join(home, '.config/clawback/identity.txt'), '--no-drill'];
  const { code, stderr } = await clawback('restore', snapshot.id, ...flags);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stderr).toMatch(/main-3 has a copy that is not sound, the next destination goes on: .*does not authenticate/);
  expect(stderr).toMatch(/main broke off, the next destination goes on/);
  expect(await readdir(target)).toContain('openclaw.json');
});

test('a restore takes what the nearest destination lost from another', async () => {
  const { snapshot } = await backup();
  await rm(join(nas, snapshot.key));
  const target = join(place.path, 'restored');
  const flags = ['--target', target, '--identity', join(home, '.config/clawback/identity.txt'), '--no-drill'];
  const { code, stderr } = await clawback('restore', snapshot.id, ...flags);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(await readdir(target)).toContain('openclaw.json');
});
