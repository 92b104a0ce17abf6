/**
 * Loaded into every Node process of a rehearsal before OpenClaw (`node --import`): none of them can connect to anything but the
 * Gateway's own port, look a name up, send a datagram, or start a program other than Node, whatever its configuration says.
 */
import child_process from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import process from 'node:process';

type Method = (this: unknown, ...args: unknown[]) => unknown;
type Methods = Record<string, Method>;

/** The Gateway's own, which stands in the URL that this file is loaded by. */
const PORT = Number(new URL(import.meta.url).searchParams.get('port'));

/** Lets a call through only if `allows` says so of its arguments. */
function guard(owner: object, name: string, allows: (args: readonly unknown[]) => boolean): void {
  const methods = owner as Methods;
  const original = methods[name];
  if (original === undefined) return;
  methods[name] = function (...args) {
    if (!allows(args)) throw refusal(name);
    return original.apply(this, args);
  };
}

function refusal(what: string): Error {
  return Object.assign(new Error(`refused in a rehearsal: ${what}`), { code: 'ECONNREFUSED' });
}

/** Where a socket wants to go, as `net.Socket.connect` takes it: options, a port and host, a path, or those already normalised. */
function isOwnPort(args: readonly unknown[]): boolean {
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as readonly unknown[];
  const options = typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : undefined;
  const port = options === undefined ? first : options['port'];
  const host = options === undefined ? second : (options['host'] ?? options['hostname']);
  // A path is a socket in the file system, whatever else is given.
  if ((options?.['path'] ?? null) !== null || Number(port) !== PORT) return false;
  return host === undefined || isHere(host);
}

function isHere(host: unknown): boolean {
  return typeof host === 'string' && /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
}

function isNode(command: unknown): boolean {
  return command === process.execPath;
}

const never = (): boolean => false;

guard(net.Socket.prototype, 'connect', isOwnPort);
for (const name of ['send', 'connect']) guard(dgram.Socket.prototype, name, never);
for (const owner of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.getOwnPropertyNames(owner))
    if (/^(?:lookup|resolve|reverse)/.test(name)) guard(owner, name, ([host]) => name === 'lookup' && isHere(host));
}
// `spawn`, `exec`, `execFile` and `fork` all come by here; the synchronous ones each stand alone.
guard(child_process.ChildProcess.prototype, 'spawn', ([options]) => isNode((options as { file?: unknown }).file));
for (const name of ['spawnSync', 'execFileSync']) guard(child_process, name, ([command]) => isNode(command));
guard(child_process, 'execSync', never);
syncBuiltinESMExports();
