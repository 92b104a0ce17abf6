/**
 * `npm run demo`: an OpenClaw is backed up while it runs, lost, and brought back on what could be another machine. The
 * OpenClaw and every command are real; the home is thrown away at the end.
 *
 * It borrows from test/support how to start a Gateway and to be a device, so that what is shown is what is tested.
 */
import { addCronJob, createSession, inject } from '../test/support/openclaw-content.ts';
import { pairDevice, reconnect, type PairedDevice } from '../test/support/openclaw-devices.ts';
import { startGateway, type Gateway } from '../test/support/openclaw.ts';
import { realOpenClaw } from './openclaw.ts';
import { openStage, type Stage } from './stage.ts';

const JOB = 'water the plants';
const SESSION = 'agent:main:trip';

/** What is lost with the machine, as far as this program remembers it. */
interface Before {
  readonly openclaw: string;
  readonly token: string;
  readonly devices: readonly PairedDevice[];
}

async function play(signal: AbortSignal): Promise<void> {
  const openclaw = await realOpenClaw(say);
  signal.throwIfAborted();
  await using stage = await openStage(openclaw.bin, signal);
  say(`OpenClaw ${openclaw.version} in ${stage.home}, which is removed at the end`);
  const before = await everydayLife(openclaw.entry, stage, signal);
  await disaster(stage);
  await onAFreshMachine(stage);
  await proof(before, stage, signal);
}

/** A Gateway that is used, and backed up while it runs. */
async function everydayLife(openclaw: string, stage: Stage, signal: AbortSignal): Promise<Before> {
  await using gateway = await startGateway({ openclaw, home: stage.home });
  signal.throwIfAborted();
  const devices = [
    await pairDevice(gateway, { kind: 'ui', name: 'browser' }),
    await pairDevice(gateway, { kind: 'node', name: 'garage' }),
  ];
  await addCronJob(gateway, JOB);
  await inject(gateway, await createSession(gateway, SESSION), 'the ferry leaves at nine');
  say(`a Gateway runs on port ${gateway.port}; paired: browser, garage; one cron job, one session`);
  await stage.type(`clawback init --instance demo --destination nas=${stage.nas} --yes`);
  say('the Gateway keeps running');
  await stage.type('clawback backup');
  return { openclaw, token: gateway.token, devices };
}

async function disaster(stage: Stage): Promise<void> {
  say('the recovery kit is put away; then the state is lost, and every key and config of this machine');
  await stage.type('mv ~/.config/clawback/recovery-kit.txt ~');
  await stage.type('rm -rf ~/.openclaw ~/.config/clawback ~/.local/state/clawback');
}

async function onAFreshMachine(stage: Stage): Promise<void> {
  say('with the kit alone, as on a fresh machine: one command restores and drills it');
  const said = await stage.type('clawback restore --in-place --kit recovery-kit.txt');
  if (/^INCOMPLETE/m.test(said)) {
    say('INCOMPLETE: this machine could not boot a muted Gateway, for the reason above, so the drill proved only part');
  } else if (!/^PASS/m.test(said)) throw new Error('the drill did not pass');
}

/** The restored Gateway is started for real, without the token in its environment: it must have come with the snapshot. */
async function proof({ openclaw, token, devices }: Before, stage: Stage, signal: AbortSignal): Promise<void> {
  say('and now the restored Gateway is started, for real');
  await using gateway = await startGateway({ openclaw, home: stage.home, secret: token, token: 'literal' });
  signal.throwIfAborted();
  for (const device of devices) {
    const outcome = await reconnect(gateway, device);
    check(outcome === 'connected', `${device.name} reconnects with its old device token: ${outcome}`);
  }
  const jobs = await namesIn(gateway, 'cron.list', 'jobs', 'name');
  check(jobs.includes(JOB), `cron jobs: ${jobs.join(', ')}`);
  const sessions = await namesIn(gateway, 'sessions.list', 'sessions', 'key');
  check(sessions.includes(SESSION), `sessions: ${sessions.join(', ')}`);
}

async function namesIn(gateway: Gateway, method: string, list: string, field: string): Promise<string[]> {
  const answer = (await gateway.call(method)) as Record<string, Record<string, unknown>[]>;
  return (answer[list] ?? []).map((item) => String(item[field]));
}

function check(holds: boolean, what: string): void {
  console.log(`  ${holds ? 'ok  ' : 'FAIL'}  ${what}`);
  if (!holds) throw new Error(`it does not hold: ${what}`);
}

function say(text: string): void {
  console.log(`\n# ${text}`);
}

const controller = new AbortController();
// npm passes Ctrl-C on, so that it may come twice; cleaning up takes a moment either way.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    controller.abort();
  });
const began = performance.now();
try {
  await play(controller.signal);
  say(`all of it held, in ${Math.round((performance.now() - began) / 1000)} s; nothing is left behind`);
} catch (error) {
  console.error(controller.signal.aborted ? '\n# interrupted; nothing is left behind' : error);
  process.exitCode = controller.signal.aborted ? 130 : 1;
}
