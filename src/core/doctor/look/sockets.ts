import type { Machine } from '../../../ports/machine.ts';

/** A TCP socket that waits for connections. */
export interface Listening {
  /** `127.0.0.1`, `0.0.0.0`, `::`, … */
  readonly address: string;
  readonly port: number;
  /** Of the socket, which the descriptors of its process name. */
  readonly inode: string;
}

/** What the kernel knows of the network that the Gateway is in. */
export interface Sockets {
  readonly listening: readonly Listening[];
  /** Those of the Gateway itself; null if its descriptors may not be seen, or there is none. */
  readonly own: readonly Listening[] | null;
  /** IPv4 addresses of that network besides the loopback's. */
  readonly addresses: readonly string[];
}

/**
 * @param pid the Gateway's; null if none runs, and then this process's network is looked at
 */
export async function lookAtSockets(pid: number | null, machine: Machine): Promise<Sockets> {
  const place = `/proc/${pid ?? 'self'}`;
  const [tcp, tcp6, routes] = await Promise.all(
    ['tcp', 'tcp6', 'fib_trie'].map((table) => machine.read(`${place}/net/${table}`)),
  );
  const listening = [...parseListening(tcp ?? ''), ...parseListening(tcp6 ?? '')];
  const inodes = pid === null ? null : await socketsOf(pid, machine);
  return {
    listening,
    own: inodes === null ? null : listening.filter(({ inode }) => inodes.has(inode)),
    addresses: parseAddresses(routes ?? ''),
  };
}

/** The process that holds a socket, as `name (pid)`; null if that may not be seen. */
export async function ownerOf({ inode }: Listening, machine: Machine): Promise<string | null> {
  for (const pid of (await machine.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    const held = await socketsOf(Number(pid), machine);
    if (held?.has(inode) !== true) continue;
    const name = ((await machine.read(`/proc/${pid}/comm`)) ?? '').trim();
    return `${name} (process ${pid})`;
  }
  return null;
}

/** `/proc/net/tcp`: state 0A is LISTEN; an address is hexadecimal in the byte order of the machine, word by word. */
export function parseListening(table: string): Listening[] {
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [, local = '', , state] = fields;
    const [address = '', port = ''] = local.split(':');
    if (state !== '0A') return [];
    return [{ address: decodeAddress(address), port: Number.parseInt(port, 16), inode: fields[9] ?? '' }];
  });
}

/** `/proc/net/fib_trie` marks the machine's own addresses with `host LOCAL`, on the line after each. */
export function parseAddresses(trie: string): string[] {
  const found = [...trie.matchAll(/\|-- (\d+\.\d+\.\d+\.\d+)\n\s+\/32 host LOCAL/g)].map(([, address = '']) => address);
  return [...new Set(found)].filter((address) => !address.startsWith('127.'));
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

async function socketsOf(pid: number, machine: Machine): Promise<Set<string> | null> {
  const descriptors = await machine.list(`/proc/${pid}/fd`);
  if (descriptors.length === 0) return null;
  const links = await Promise.all(descriptors.map((name) => machine.link(`/proc/${pid}/fd/${name}`)));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? []));
}

function decodeAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.');
  const mapped = bytes.slice(0, 12).join('');
  if (mapped === '00000000000000000000ffff'.toUpperCase()) {
    return `::ffff:${bytes
      .slice(12)
      .map((byte) => Number.parseInt(byte, 16))
      .join('.')}`;
  }
  if (bytes.every((byte) => byte === '00')) return '::';
  if (bytes.slice(0, 15).every((byte) => byte === '00') && bytes[15] === '01') return '::1';
  return (bytes.join('').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
