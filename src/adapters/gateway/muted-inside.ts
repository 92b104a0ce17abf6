/**
 * Runs a muted Gateway, and ends it when its own standard input ends, however Clawback itself ends. In private namespaces it is
 * process 1: when it exits, the kernel ends every process of them and drops every mount.
 */
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { ClawbackError } from '../../ports/errors.ts';
import { attemptConnect, resultOf } from './attempt.ts';
import type { Failure, FromInside, LogQuestion, Orders, Question } from './boot-messages.ts';
import { startGateway, type GatewayProcess } from './gateway-process.ts';
import { hostTool } from './host-tool.ts';
import { mutedEnvironment } from './muting.ts';
import { enterPrivateView } from './private-view.ts';
import { endStragglers } from './stragglers.ts';

let gateway: GatewayProcess | undefined;
/** Set for a rehearsal, whose processes no kernel ends with this one. */
let rehearsedAt: string | undefined;
const lines = createInterface({ input: process.stdin });
lines.once('close', () => {
  gateway?.kill();
  void (rehearsedAt === undefined ? Promise.resolve() : endStragglers(rehearsedAt)).finally(() => process.exit(0));
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
  } else rehearsedAt = request.home;
  const path = `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const started = startGateway(entry, { environment: mutedEnvironment(request, { path, port }), port });
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
  const outcome = await attemptConnect(question, url);
  if (call === undefined) return { type: 'connected', id, result: resultOf(outcome) };
  if (outcome.outcome === 'refused')
    throw new ClawbackError('FAILED', `${call.method}: ${outcome.code}: ${outcome.message}`);
  using connection = outcome.connection;
  return { type: 'answered', id, payload: await connection.call(call.method, call.params) };
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
