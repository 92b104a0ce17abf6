import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClawbackError } from '../../ports/errors.ts';
import type { Booted } from './boot-messages.ts';

const POLL_EVERY = 100;
const LAST_LINES = 12;
/** Of a longer log only the end is kept; characters. */
const LOG_LENGTH = 64 * 1024;

export interface GatewayProcess {
  /** Resolves when its readiness probe says so. @throws ClawbackError `GATEWAY_DIED` */
  ready(patience: number): Promise<Booted & { readonly url: string }>;
  /** Why it is gone, with its last words; undefined while it runs. */
  obituary(): string | undefined;
  /** The end of what it has said. */
  log(): string;
  /** Ends it, and what it started that has not made itself independent. */
  kill(): void;
}

/**
 * Starts `openclaw gateway run`.
 *
 * @param port to listen on; null leaves it to the configuration, which needs a network of its own
 */
export function startGateway(
  entry: string,
  { environment, port }: { environment: Record<string, string>; port: number | null },
): GatewayProcess {
  const started = performance.now();
  const child = spawn(process.execPath, [entry, 'gateway', 'run', ...(port === null ? [] : ['--port', `${port}`])], {
    cwd: environment['HOME'],
    env: environment,
    // A process group of its own, so that all of it can be ended at once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = tail(child);
  const lastWords = (): string => `its last lines: ${log().trim().split('\n').slice(-LAST_LINES).join('\n')}`;
  const died = (why: string): ClawbackError => new ClawbackError('GATEWAY_DIED', `the gateway ${why}; ${lastWords()}`);
  const obituary = (): string | undefined => {
    const end = child.exitCode ?? child.signalCode;
    return end === null ? undefined : `the gateway exited with ${end}; ${lastWords()}`;
  };
  return {
    obituary,
    log,
    kill: () => {
      if (child.pid !== undefined && obituary() === undefined) process.kill(-child.pid, 'SIGKILL');
    },
    ready: async (patience) => {
      while (performance.now() - started < patience) {
        const gone = obituary();
        if (gone !== undefined) throw new ClawbackError('GATEWAY_DIED', gone);
        const found = await findReady(port === null ? listeningPorts() : [port]);
        if (found !== undefined) return { ...found, readyAfter: Math.round(performance.now() - started) };
        await sleep(POLL_EVERY);
      }
      throw died(`was not ready after ${Math.round(patience / 1000)} s`);
    },
  };
}

async function findReady(ports: readonly number[]): Promise<{ port: number; probe: unknown; url: string } | undefined> {
  for (const port of ports) {
    for (const tls of ['', 's']) {
      const probe = await readiness(`http${tls}://127.0.0.1:${port}/readyz`);
      if (probe?.ready === true) return { port, probe, url: `ws${tls}://127.0.0.1:${port}` };
    }
  }
  return undefined;
}

async function readiness(url: string): Promise<{ ready?: unknown } | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
    // The Gateway answers unknown paths with its web page and status 200, so the status alone proves nothing.
    return (await answer.json()) as { ready?: unknown };
  } catch {
    return undefined;
  }
}

/**
 * In a network namespace of its own whatever listens is the Gateway or a child of it. Linux lists sockets as
 * `sl local_address rem_address st …`; state 0A is LISTEN, addresses are `HEX:PORT`.
 */
function listeningPorts(): number[] {
  const ports = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) =>
    readFileSync(table, 'latin1')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)),
  );
  return [...new Set(ports)];
}

function tail(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => (text = (text + more).slice(-LOG_LENGTH)));
  }
  child.on('error', (error) => (text += error.message));
  return () => text;
}
