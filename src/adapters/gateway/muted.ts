import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, BootRequest, GatewayBooter, GatewaySecret } from '../../ports/gateway.ts';
import { maskSecrets } from './masking.ts';
import { findOpenClaw, type OpenClawPackage } from './openclaw-package.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** Releases whose switches and configuration are known to keep a rehearsal still. */
const REHEARSED = '2026.9.';

/** A restored Gateway with a cold cache takes up to 21 s on two slow cores; a loaded host takes longer. */
const PATIENCE = 120_000;

/**
 * Boots the real OpenClaw muted. In private Linux namespaces it has no network but its own loopback, no file of the host but
 * programs and the copies, no process but its own. In a rehearsal its own process refuses to connect to anything or to start
 * any program, and what it was given to read holds no secret.
 *
 * @param path `PATH` of this host, to find `openclaw` and the namespace tools
 */
export function mutedBooter({ path }: { path: string }): GatewayBooter {
  return {
    boot: async (request, signal) => {
      if (request.muting === 'namespaces' && process.platform !== 'linux') {
        throw new ClawbackError('CANNOT_MUTE', `a gateway cannot be muted on ${process.platform}`, {
          hint: 'run the drill on linux',
        });
      }
      signal.throwIfAborted();
      const openclaw = await findOpenClaw({ command: request.command, path });
      if (request.muting === 'rehearsal' && !openclaw.version.startsWith(REHEARSED)) {
        throw new ClawbackError('CANNOT_MUTE', `openclaw ${openclaw.version} cannot be muted without namespaces`, {
          hint: 'run the drill as root, or where user namespaces are allowed',
        });
      }
      return boot(request, { signal, path, openclaw });
    },
  };
}

async function boot(
  request: BootRequest,
  by: { signal: AbortSignal; path: string; openclaw: OpenClawPackage },
): Promise<BootedGateway> {
  const { openclaw, signal } = by;
  const orders = {
    request,
    entry: openclaw.entry,
    packageDirectory: openclaw.directory,
    patience: request.patience ?? PATIENCE,
    port: request.muting === 'rehearsal' ? await freePort() : null,
  };
  const secrets = new Set(Object.values(request.environment));
  const sandbox = openSandbox(orders, by.path);
  const stop = (): void => void sandbox[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop);
  const dispose = async (): Promise<void> => {
    signal.removeEventListener('abort', stop);
    await sandbox[Symbol.asyncDispose]();
  };
  try {
    const { port, readyAfter, probe } = await sandbox.booted;
    const facts = { openclawVersion: openclaw.version, port, readyAfter, probe };
    return { ...facts, ...questions(sandbox, secrets), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw masked(named(error, openclaw.version), secrets);
  }
}

function questions(sandbox: Sandbox, secrets: Set<string>): Pick<BootedGateway, 'connect' | 'call' | 'log'> {
  const ask: Sandbox['ask'] = (question) =>
    sandbox.ask(question).catch((error: unknown) => {
      throw masked(error, secrets);
    });
  return {
    connect: async ({ secret, device }) => {
      for (const one of [secret?.value, device?.deviceToken]) if (one !== undefined) secrets.add(one);
      const reply = await ask({ secret, device });
      if (reply.type !== 'connected') throw new Error('a connection attempt was answered with something else');
      return reply.result;
    },
    call: async (method: string, params: unknown, secret: GatewaySecret) => {
      secrets.add(secret.value);
      const reply = await ask({ secret, call: { method, params } });
      return reply.type === 'answered' ? reply.payload : undefined;
    },
    log: async () => {
      const reply = await ask({ log: true });
      return reply.type === 'logged' ? maskSecrets(reply.text, secrets) : '';
    },
  };
}

/** Another process may take it before the Gateway does, which then does not start. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A release that does not start is named, for it may be the wrong one. */
function named(error: unknown, version: string): unknown {
  if (!(error instanceof ClawbackError) || error.code !== 'GATEWAY_DIED') return error;
  return new ClawbackError(error.code, `openclaw ${version}: ${error.message}`);
}

function masked(error: unknown, secrets: Iterable<string>): unknown {
  if (!(error instanceof ClawbackError)) return error;
  const { code, hint, message } = error;
  return new ClawbackError(code, maskSecrets(message, secrets), hint === undefined ? {} : { hint });
}
