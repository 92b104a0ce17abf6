/**
 * Runs a muted Gateway, and ends it when its own standard input ends, however Clawback itself ends. In private namespaces it is
 * process 1: when it exits, the kernel ends every process of them and drops every mount.
 */
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { ClawbackError } from '../../ports/errors.ts';
import type { ConnectAttempt } from '../../ports/gateway.ts';
import type { Failure, FromInside, LogQuestion, Orders, Question } from './boot-messages.ts';
import { BACKEND, DEVICES } from './client-kinds.ts';
import { connectGateway, type ConnectOutcome } from './device-client.ts';
import { startGateway, type GatewayProcess } from './gateway-process.ts';
import { hostTool } from './host-tool.ts';
import { mutedEnvironment } from './muting.ts';
import { enterPrivateView } from './private-view.ts';

const QUESTION_PATIENCE = 60_000;

let gateway: GatewayProcess | undefined;
const lines = createInterface({ input: process.stdin });
lines.once('close', () => {
  gateway?.kill();
  process.exit(0);
});
lines.once('line', (orders) => {
  void obey(JSON.parse(orders) as Orders).catch((error: unknown) => {
    say({ type: 'failed', ...failureOf(error) });
  });
});

async function obey(orders: Orders): Promise<void> {
  const { request, entry, port } = orders;
  if (request.muting === 'namespaces') {
    hostTool('ip', 'link', 'set', 'lo', 'up');
    enterPrivateView({
      mounts: request.mounts,
      keep: [orders.packageDirectory, process.execPath],
      home: request.home,
      scratch: request.scratch,
    });
  }
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const started = startGateway(entry, { environment: mutedEnvironment(request, path), port });
  gateway = started;
  const booted = await started.ready(orders.patience);
  lines.on('line', (line) => {
    const question = JSON.parse(line) as Question | LogQuestion;
    if ('log' in question) {
      say({ type: 'logged', id: question.id, text: started.log() });
      return;
    }
    void answer(question, booted.url).then(say, (error: unknown) => {
      say({ type: 'refused', id: question.id, ...deathOr(started, error) });
    });
  });
  const { readyAfter, probe } = booted;
  say({ type: 'booted', port: booted.port, readyAfter, probe });
}

async function answer(question: Question, url: string): Promise<FromInside> {
  const { id, call } = question;
  const outcome = await connect(question, url);
  if (outcome.outcome === 'refused') {
    const { code, message } = outcome;
    if (call) throw new ClawbackError('FAILED', `${call.method}: ${code}: ${message}`);
    return { type: 'connected', id, result: { outcome: 'refused', code, message } };
  }
  using connection = outcome.connection;
  if (call) return { type: 'answered', id, payload: await connection.call(call.method, call.params) };
  return { type: 'connected', id, result: { outcome: 'connected', scopes: connection.scopes } };
}

function connect({ secret, device }: ConnectAttempt, url: string): Promise<ConnectOutcome> {
  const shared = secret === null || secret.mode === 'none' ? null : { [secret.mode]: secret.value };
  const own = device?.deviceToken === undefined ? {} : { deviceToken: device.deviceToken };
  const request = {
    url,
    client: device === undefined ? BACKEND : DEVICES[device.kind],
    auth: shared ?? own,
    device,
    headers: device?.headers,
  };
  return connectGateway(request, AbortSignal.timeout(QUESTION_PATIENCE));
}

function deathOr(process: GatewayProcess, error: unknown): Failure {
  const death = process.obituary();
  return death === undefined ? failureOf(error) : { code: 'GATEWAY_DIED', message: death };
}

function failureOf(error: unknown): Failure {
  if (error instanceof ClawbackError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'CANNOT_BOOT', message: error instanceof Error ? error.message : String(error) };
}

function say(message: FromInside): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
