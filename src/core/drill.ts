import type { GatewayBooter } from '../ports/gateway.ts';
import type { Progress } from '../ports/progress.ts';
import { checklist } from './drill/checklist.ts';
import { checkContent, findCounts } from './drill/content.ts';
import { checkDevices, judgeDevices } from './drill/devices.ts';
import { checkIntegrity } from './drill/integrity.ts';
import { question } from './drill/questions.ts';
import { verdictOf, type DrillReport } from './drill/report.ts';
import { start } from './drill/start.ts';
import { readRestored, type DrillSubject } from './drill/subject.ts';
import { checkToken, expectToken } from './drill/token.ts';
import { personalJobs } from './openclaw/cron.ts';
import type { Host } from './openclaw/host.ts';
import { inventory } from './openclaw/inventory.ts';

export interface DrillPorts {
  readonly booter: GatewayBooter;
  /** Milliseconds since any fixed point. */
  readonly now: () => number;
  readonly host: Host;
}

export interface DrillOptions {
  /** A private directory (0700) on a disk with room for a second copy of the databases; the caller removes it. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** An `openclaw` command to boot instead of the one on PATH. */
  readonly command?: string | undefined;
  readonly progress: Progress;
  /** Seconds that the restore to scratch took, for the report. */
  readonly restoreSeconds: number;
}

/**
 * Proves a restored copy: checks it, boots the real OpenClaw on it muted, and asks it. The copy is written to by that, and
 * is of no use afterwards.
 *
 * @throws ClawbackError `ABORTED` when the signal fires; whatever is wrong with the snapshot is in the report instead
 */
export async function drill(subject: DrillSubject, ports: DrillPorts, options: DrillOptions): Promise<DrillReport> {
  const task = options.progress.start('checking the restored copy', null);
  try {
    return await answer(subject, ports, { ...options, say: task.label.bind(task) });
  } finally {
    task.end();
  }
}

async function answer(
  subject: DrillSubject,
  ports: DrillPorts,
  options: DrillOptions & { say: (what: string) => void },
): Promise<DrillReport> {
  const began = ports.now();
  const { counts: expected, devices, installation } = subject.manifest;
  const integrity = await checkIntegrity(subject);
  const state = await readRestored(subject, ports.host);
  const restored = await inventory(state.view);
  const jobs = await personalJobs(state.view);
  const token = await expectToken(subject, state, ports.host);

  options.say('starting openclaw on it');
  const started = await start({ subject, state }, ports.booter, options);
  await using gateway = started.gateway;
  options.say('asking openclaw');
  const answers = await question(gateway, token.secret);
  const { found, problems } = await findCounts(state.view, answers.listed, { counts: restored.counts, jobs });

  const { generation } = token;
  const judged = judgeDevices({
    expected: devices,
    restored: restored.devices,
    generation,
    layout: installation.layout,
  });
  const tokenCheck = checkToken(token, answers.token);
  const asked = Object.keys(answers.listed).length > 0;
  const checks = [
    integrity,
    answers.died ?? started.check,
    tokenCheck,
    checkContent(expected, found, { asked, problems }),
    checkDevices(judged),
    ...checklist(subject, gateway),
  ];
  const boot = (gateway?.readyAfter ?? 0) / 1000;
  const total = options.restoreSeconds + (ports.now() - began) / 1000;
  return {
    snapshot: subject.snapshotId,
    verdict: verdictOf(checks, gateway !== null),
    checks,
    token: { ...token.report, status: tokenCheck.status },
    devices: judged,
    counts: { expected, found },
    openclaw: { captured: installation.openclawVersion, booted: gateway?.openclawVersion ?? null },
    muting: gateway === null ? null : 'namespaces',
    comparedWith: null,
    canary: null,
    upgrade: null,
    todo: [],
    seconds: { restore: options.restoreSeconds, boot, total },
  };
}
