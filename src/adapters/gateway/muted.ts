import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, BootRequest, GatewayBooter, GatewaySecret } from '../../ports/gateway.ts';
import type { Question } from './boot-messages.ts';
import { maskSecrets } from './masking.ts';
import { findOpenClaw, type OpenClawPackage } from './openclaw-package.ts';
import { openSandbox, type Sandbox } from './sandbox.ts';

/** A restored Gateway with a cold cache takes up to 21 s on two slow cores; a loaded host takes longer. */
const PATIENCE = 120_000;

/**
 * Boots the real OpenClaw in private Linux namespaces: no network but its own loopback, no file of the host but programs and
 * the copies, no process but its own.
 *
 * @param path `PATH` of this host, to find `openclaw` and the namespace tools
 */
export function mutedBooter({ path }: { path: string }): GatewayBooter {
  return {
    boot: async (request, signal) => {
      if (process.platform !== 'linux') {
        throw new ClawbackError('CANNOT_BOOT', `a gateway cannot be muted on ${process.platform}`, {
          hint: 'run the drill on linux',
        });
      }
      signal.throwIfAborted();
      return boot(request, { signal, path, openclaw: await findOpenClaw({ command: request.command, path }) });
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
    throw masked(error, secrets);
  }
}

function questions(sandbox: Sandbox, secrets: Set<string>): Pick<BootedGateway, 'connect' | 'call'> {
  const ask = async (question: Omit<Question, 'id'>): ReturnType<Sandbox['ask']> => {
    secrets.add(question.secret.value);
    return sandbox.ask(question).catch((error: unknown) => {
      throw masked(error, secrets);
    });
  };
  return {
    connect: async ({ secret }) => {
      const reply = await ask({ secret });
      if (reply.type !== 'connected') throw new Error('a connection attempt was answered with something else');
      return reply.result;
    },
    call: async (method: string, params: unknown, secret: GatewaySecret) => {
      const reply = await ask({ secret, call: { method, params } });
      return reply.type === 'answered' ? reply.payload : undefined;
    },
  };
}

function masked(error: unknown, secrets: Iterable<string>): unknown {
  if (!(error instanceof ClawbackError)) return error;
  const { code, hint, message } = error;
  return new ClawbackError(code, maskSecrets(message, secrets), hint === undefined ? {} : { hint });
}
