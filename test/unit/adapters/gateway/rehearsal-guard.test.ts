import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const GUARD = new URL('../../../../src/adapters/gateway/rehearsal-guard.ts', import.meta.url).href;

let own: Server;
let other: Server;
let reached = 0;

beforeAll(async () => {
  own = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  other = createServer((socket) => {
    reached += 1;
    socket.end();
  }).listen(0, '127.0.0.1');
  await Promise.all([once(own, 'listening'), once(other, 'listening')]);
});

afterAll(() => {
  own.close();
  other.close();
});

/** Runs a module in a guarded process, as ES modules and their named imports see it; gives what it prints. */
async function guarded(code: string): Promise<string> {
  const words = [`--import=${GUARD}?port=${portOf(own)}`, '--input-type=module', '--eval', `${PRELUDE}${code}`];
  return (await promisify(execFile)(process.execPath, words)).stdout.trim();
}

const PRELUDE = `
  const said = (what) => console.log(what instanceof Error ? (what.cause ?? what).message : what);
  const attempt = async (act) => { try { said(await act()); } catch (error) { said(error); } };
`;

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

test('it may connect to its own port, by any road, and to no other', async () => {
  const [mine, foreign] = [portOf(own), portOf(other)];
  const code = `
    import { connect } from 'node:net';
    const dial = (...to) => new Promise((done, fail) => connect(...to).on('connect', () => done('open')).on('error', fail));
    await attempt(() => dial(${mine}, '127.0.0.1'));
    await attempt(() => dial({ port: ${mine}, host: 'localhost' }));
    await attempt(() => dial(${foreign}, '127.0.0.1'));
    await attempt(() => dial({ port: ${mine}, host: '192.0.2.1' }));
    await attempt(() => dial('/var/run/docker.sock'));
    await attempt(() => dial({ port: ${mine}, path: '/var/run/docker.sock' }));
    await attempt(() => fetch('http://127.0.0.1:${foreign}/'));
    await attempt(() => new Promise((done, fail) => {
      const socket = new WebSocket('ws://127.0.0.1:${foreign}/');
      socket.onopen = () => done('open');
      socket.onerror = () => fail(new Error('no websocket'));
    }));
    process.exit(0);`;
  expect((await guarded(code)).split('\n')).toEqual([
    ...['open', 'open'],
    ...Array<string>(5).fill('refused in a rehearsal: connect'),
    'no websocket',
  ]);
  expect(reached).toBe(0);
});

test('it looks no name up, sends no datagram, and starts nothing but node', async () => {
  const code = `
    import { spawn, execSync, spawnSync, execFileSync } from 'node:child_process';
    import { createSocket } from 'node:dgram';
    import { lookup, resolve4 } from 'node:dns/promises';
    await attempt(() => lookup('claw.example'));
    await attempt(() => resolve4('claw.example'));
    await attempt(() => createSocket('udp4').send('x', 9, '127.0.0.1'));
    await attempt(() => spawn('sh', ['-c', 'true']));
    await attempt(() => execSync('true'));
    await attempt(() => spawnSync('sh').status);
    await attempt(() => execFileSync('sh'));
    await attempt(() => spawnSync(process.execPath, ['--eval', '']).status);
    process.exit(0);`;
  expect((await guarded(code)).split('\n')).toEqual([
    ...['lookup', 'resolve4', 'send', 'spawn', 'execSync', 'spawnSync', 'execFileSync'].map(
      (what) => `refused in a rehearsal: ${what}`,
    ),
    '0',
  ]);
});
