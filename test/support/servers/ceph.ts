import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stock } from '../stock.ts';
import { temporaryDirectory } from '../temporary.ts';

/** A user of the S3 gateway. */
export interface CephUser {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A one-node Ceph with its S3 gateway, which checks signatures, in memory. */
export interface Ceph extends AsyncDisposable {
  /** `http://127.0.0.1:port`, for path style. */
  readonly origin: string;
  readonly port: number;
  /** Name under which buckets are hosts: `<bucket>.s3.test`. */
  readonly domain: string;
  readonly owner: CephUser;
  addUser(name: string): Promise<CephUser>;
}

const DOMAIN = 's3.test';

/** Starts monitor, store and gateway from Debian's packages; ready in one to two seconds. */
export async function startCeph(): Promise<Ceph> {
  const directory = await temporaryDirectory();
  const [mon, legacy, port] = await freePorts(3);
  const at = (name: string): string => join(directory.path, name);
  for (const name of ['mon', 'osd', 'log', 'run']) await mkdir(at(name));
  const monitor = `[v2:127.0.0.1:${mon},v1:127.0.0.1:${legacy}]`;
  await writeFile(at('ceph.conf'), configuration(directory.path, { monitor, port }));
  const conf = ['-c', at('ceph.conf')];
  const daemons: ChildProcess[] = [];
  const daemon = (command: string, ...words: string[]): void => {
    daemons.push(spawn(command, [...conf, '-f', ...words], { stdio: 'ignore', cwd: directory.path }));
  };
  const dispose = async (): Promise<void> => {
    // Nothing is to be kept, and an orderly stop takes seconds.
    await Promise.all(daemons.map((child) => stopped(child)));
    await directory[Symbol.asyncDispose]();
  };
  const addUser = async (name: string): Promise<CephUser> => {
    const user = { accessKeyId: `key-${name}`, secretAccessKey: `secret-${crypto.randomUUID()}` };
    const keys = [`--access-key=${user.accessKeyId}`, `--secret=${user.secretAccessKey}`];
    await stock('radosgw-admin', [...conf, 'user', 'create', `--uid=${name}`, `--display-name=${name}`, ...keys]);
    return user;
  };
  try {
    await stock('monmaptool', ['--create', '--fsid', FSID, '--addv', 'a', monitor, at('monmap')]);
    await stock('ceph-mon', [...conf, '-i', 'a', '--mkfs', '--monmap', at('monmap')]);
    daemon('ceph-mon', '-i', 'a');
    const osd = crypto.randomUUID();
    await stock('ceph', [...conf, 'osd', 'new', osd]);
    await stock('ceph-osd', [...conf, '-i', '0', '--mkfs', '--osd-uuid', osd]);
    daemon('ceph-osd', '-i', '0');
    daemon('radosgw', '-n', 'client.rgw');
    const origin = `http://127.0.0.1:${port}`;
    await answering(origin);
    return { origin, port, domain: DOMAIN, owner: await addUser('owner'), addUser, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

const FSID = '6e2a1c1e-8f5c-4b57-9a0d-3f1f0c0a7d11';

function configuration(directory: string, { monitor, port }: { monitor: string; port: number }): string {
  return `[global]
fsid = ${FSID}
mon host = ${monitor}
mon initial members = a
public addr = 127.0.0.1
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind ipv6 = false
auth cluster required = none
auth service required = none
auth client required = none
# Without authentication the secure mode that is usual between monitor and gateway makes the gateway hang.
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
# One second and a half instead of twelve until it is ready.
paxos propose interval = 0.02
paxos min wait = 0.01
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
mon data = ${directory}/mon
osd data = ${directory}/osd
log file = ${directory}/log/$name.log
admin socket = ${directory}/run/$name.asok
pid file = ${directory}/run/$name.pid
run dir = ${directory}/run
crash dir = ${directory}
keyring = /dev/null
[client]
rgw cache enabled = true
rgw enable usage log = false
rgw enable ops log = false
rgw rados pool pg num min = 8
rgw crypt require ssl = false
rgw thread pool size = 32
rgw dns name = ${DOMAIN}
rgw frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
`;
}

async function answering(origin: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const answer = await fetch(origin).catch(() => null);
    if (answer !== null) return;
    await sleep(50);
  }
  throw new Error('the S3 gateway did not answer within a minute');
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function freePorts(count: 3): Promise<[number, number, number]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const [a = 0, b = 0, c = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const closed = servers.map((server) => once(server, 'close'));
  for (const server of servers) server.close();
  await Promise.all(closed);
  return [a, b, c];
}
