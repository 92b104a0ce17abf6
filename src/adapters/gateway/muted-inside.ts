/**
 * Runs as process 1 of the private namespaces that a muted Gateway lives in. When it exits, and it does as soon as its
 * standard input ends, the kernel ends every process of them and drops every mount: nothing outlives Clawback, however
 * Clawback itself ends.
 */
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { ClawbackError } from '../../ports/errors.ts';
import type { GatewaySecret } from '../../ports/gateway.ts';
import type { Failure, FromInside, Orders, Question } from './boot-messages.ts';
import { BACKEND } from './client-kinds.ts';
import { connectGateway, type ConnectOutcome } from './device-client.ts';
import { startGateway, type GatewayProcess } from './gateway-process.ts';
import { hostTool } from './host-tool.ts';
import { mutedEnvironment } from './muting.ts';
import { enterPrivateView } from './private-view.ts';

const QUESTION_PATIENCE = 60_000;

const lines = createInterface({ input: process.stdin });
lines.once('close', () => process.exit(0));
lines.once('line', (orders) => {
  void obey(JSON.parse(orders) as Orders).catch((error: unknown) => {
    say({ type: 'failed', ...failureOf(error) });
  });
});

async function obey(orders: Orders): Promise<void> {
  const { request, entry } = orders;
  hostTool('ip', 'link', 'set', 'lo', 'up');
  enterPrivateView({
    mounts: request.mounts,
    keep: [orders.packageDirectory, process.execPath],
    home: request.home,
    scratch: request.scratch,
  });
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const gateway = startGateway(entry, mutedEnvironment(request, path));
  const booted = await gateway.ready(orders.patience);
  lines.on('line', (line) => {
    const question = JSON.parse(line) as Question;
    void answer(question, booted.url).then(say, (error: unknown) => {
      say({ type: 'refused', id: question.id, ...deathOr(gateway, error) });
    });
  });
  const { port, readyAfter, probe } = booted;
  say({ type: 'booted', port, readyAfter, probe });
}

async function answer(question: Question, url: string): Promise<FromInside> {
  const { id, call } = question;
  const outcome = await connect(question.secret, url);
  if (outcome.outcome === 'refused') {
    const { code, message } = outcome;
    if (call) throw new ClawbackError('FAILED', `${call.method}: ${code}: ${message}`);
    return { type: 'connected', id, result: { outcome: 'refused', code, message } };
  }
  using connection = outcome.connection;
  if (call) return { type: 'answered', id, payload: await connection.call(call.method, call.params) };
  return { type: 'connected', id, result: { outcome: 'connected', scopes: connection.scopes } };
}

function connect({ mode, value }: GatewaySecret, url: string): Promise<ConnectOutcome> {
  const auth = mode === 'none' ? {} : { [mode]: value };
  const request = { url, client: BACKEND, auth };
  return connectGateway(request, AbortSignal.timeout(QUESTION_PATIENCE));
}

function deathOr(gateway: GatewayProcess, error: unknown): Failure {
  const death = gateway.obituary();
  return death === undefined ? failureOf(error) : { code: 'GATEWAY_DIED', message: death };
}

function failureOf(error: unknown): Failure {
  if (error instanceof ClawbackError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'CANNOT_BOOT', message: error instanceof Error ? error.message : String(error) };
}

function say(message: FromInside): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
