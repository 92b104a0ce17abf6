import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { thisMachine } from '../../../../src/adapters/doctor/machine.ts';
import {
  isLoopback,
  lookAtSockets,
  ownerOf,
  parseAddresses,
  parseListening,
} from '../../../../src/core/doctor/look/sockets.ts';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const REST = '00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0';

it('reads addresses of both kinds from the tables of the kernel', () => {
  const table = (local: string, inode: number) => `   0: ${local} ${REST} ${inode} 1 0000000000000000 100 0 0 10 0\n`;
  const tcp = HEAD + table('0100007F:4965', 11) + table('00000000:0016', 12) + table('0202D50A:1F90', 13);
  expect(parseListening(tcp)).toEqual([
    { address: '127.0.0.1', port: 18789, inode: '11' },
    { address: '0.0.0.0', port: 22, inode: '12' },
    { address: '10.213.2.2', port: 8080, inode: '13' },
  ]);
  const tcp6 =
    HEAD +
    table('00000000000000000000000000000000:4965', 21) +
    table('00000000000000000000000001000000:0050', 22) +
    table('0000000000000000FFFF00000100007F:0051', 23) +
    table('000080FE00000000FF54A7E2FE0D0CFE:0052', 24);
  expect(parseListening(tcp6).map(({ address }) => address)).toEqual([
    '::',
    '::1',
    '::ffff:127.0.0.1',
    'fe80:0:0:0:e2a7:54ff:fe0c:dfe',
  ]);
});

it('takes no other state for listening', () => {
  expect(
    parseListening(`${HEAD}   0: 0100007F:4965 0100007F:C001 01 00000000:00000000 00:00000000 00000000 0 0 9\n`),
  ).toEqual([]);
});

it('knows the loopback in all its forms', () => {
  expect(['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['0.0.0.0', '::', '10.0.0.1'].some(isLoopback)).toBe(false);
});

it("tells the machine's own addresses from its networks", () => {
  const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     |-- 127.0.0.1
        /32 host LOCAL
        |-- 172.17.0.0
           /16 link UNICAST
        |-- 172.17.0.1
           /32 host LOCAL
`;
  expect(parseAddresses(trie + trie)).toEqual(['172.17.0.1']);
});

it('finds a socket of this very process, and its owner', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const machine = thisMachine(process.env);
  const { own } = await lookAtSockets(process.pid, machine);
  const socket = own?.find((one) => one.port === port);
  expect(socket).toMatchObject({ address: '127.0.0.1', port });
  expect(socket && (await ownerOf(socket, machine))).toContain(`(process ${process.pid})`);
  server.close();
});
