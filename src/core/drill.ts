import type { BootedGateway, GatewayBooter } from '../ports/gateway.ts';
import type { Progress } from '../ports/progress.ts';
import { aftercare } from './drill/aftercare.ts';
import { checkCanary } from './drill/canary.ts';
import { checklist } from './drill/checklist.ts';
import { checkContent, findCounts } from './drill/content.ts';
import { checkDevices, judgeDevices } from './drill/devices.ts';
import { checkIdentity } from './drill/identity.ts';
import { checkIntegrity } from './drill/integrity.ts';
import { compareWith, type Other } from './drill/other.ts';
import { question } from './drill/questions.ts';
import { type DrillReport, type UpgradeReport, verdictOf } from './drill/report.ts';
import { start } from './drill/start.ts';
import { type DrillSubject, readRestored, type RestoredState } from './drill/subject.ts';
import { checkToken, expectToken } from './drill/token.ts';
import { checkUpgrade, reportUpgrade, setAside } from './drill/upgrade.ts';
import { personalJobs } from './openclaw/cron.ts';
import type { Host } from './openclaw/host.ts';
import { type Inventory, inventory } from './openclaw/inventory.ts';
import { isOriginAllowed, isOriginKnown } from './openclaw/origins.ts';
import { readPairings } from './openclaw/pairing.ts';

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
  /** An installation to compare the devices with: the live one, or one that a restore moved aside. */
  readonly against?: Other | undefined;
  /** Where people will open the Control UI after a restore: `https://claw.example`. */
  readonly origin?: string | undefined;
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
  const { counts: expected, installation } = subject.manifest;
  const integrity = await checkIntegrity(subject);
  const state = await readRestored(subject, ports.host);
  const before = await lookAt(state);
  const token = await expectToken(subject, state, ports.host);
  const other = await compareWith(options.against, before.pairings, options.scratch);

  options.say('starting openclaw on it');
  const started = await start({ subject, state, token: token.secret }, ports.booter, options);
  await using gateway = started.gateway;
  options.say('asking openclaw');
  const answers = await question(gateway, { secret: token.secret, canary: subject.canary });
  const { view } = started;
  const counted = await findCounts(view, answers.listed, before);
  // A rehearsal is given no plugins.
  const found = started.muting === 'rehearsal' ? { ...counted.found, plugins: before.counts.plugins } : counted.found;
  const upgrade =
    gateway === null ? null : await upgradeOf(gateway, { captured: installation.openclawVersion, before, view });

  const devices = judgeDevices({
    expected: subject.manifest.devices,
    restored: before.pairings,
    now: other?.pairings ?? null,
    generation: token.generation,
    release: gateway?.openclawVersion ?? installation.openclawVersion ?? '',
    allows: (origin) => isOriginAllowed(origin, state.view.config),
    newOrigin: newOriginOf(options.origin, state),
  });
  const tokenCheck = checkToken(token, answers.token);
  const comparedWith = other === null ? null : { kind: other.kind, stateDir: other.stateDir };
  const asked = Object.keys(answers.listed).length > 0;
  const checks = [
    integrity,
    answers.died ?? started.check,
    ...(upgrade === null ? [] : [checkUpgrade(upgrade)]),
    tokenCheck,
    checkContent(expected, found, { asked, problems: counted.problems }),
    checkDevices(devices, comparedWith),
    checkIdentity(before.pairings.hostIdentity, (await readPairings(view)).hostIdentity, devices.length),
    ...(answers.canary === null ? [] : [checkCanary(answers.canary)]),
    // A rehearsal listens where it finds a place.
    ...checklist(subject, started.muting === 'rehearsal' ? null : gateway),
  ];
  const boot = (gateway?.readyAfter ?? 0) / 1000;
  const total = options.restoreSeconds + (ports.now() - began) / 1000;
  return {
    snapshot: subject.snapshotId,
    verdict: verdictOf(checks, gateway !== null),
    checks,
    token: { ...token.report, status: tokenCheck.status },
    devices,
    counts: { expected, found },
    openclaw: { captured: installation.openclawVersion, booted: gateway?.openclawVersion ?? null },
    muting: started.muting,
    comparedWith,
    canary: answers.canary,
    upgrade,
    todo: aftercare({
      manifest: subject.manifest,
      config: state.view.config,
      stateDir: state.view.stateDir,
      links: subject.links ?? [],
    }),
    seconds: { restore: options.restoreSeconds, boot, total },
  };
}

/** The restored copy before any Gateway was started on it. */
interface Before extends Pick<Inventory, 'counts' | 'schema'> {
  readonly jobs: readonly string[];
  readonly pairings: Awaited<ReturnType<typeof readPairings>>;
  readonly aside: readonly string[];
}

async function lookAt({ view }: RestoredState): Promise<Before> {
  const { counts, schema } = await inventory(view);
  const [jobs, pairings, aside] = [await personalJobs(view), await readPairings(view), await setAside(view.stateDir)];
  return { counts, schema, jobs, pairings, aside };
}

/** Null without one, or if browsers may have been there before. */
function newOriginOf(origin: string | undefined, { view }: RestoredState): string | null {
  return origin === undefined || isOriginKnown(origin, view.config) ? null : origin;
}

/** Null if it is the captured release that was booted. */
async function upgradeOf(
  gateway: BootedGateway,
  { captured, before, view }: { captured: string | null; before: Before; view: RestoredState['view'] },
): Promise<UpgradeReport | null> {
  const to = gateway.openclawVersion;
  const { schema } = await inventory(view);
  if (captured === to && JSON.stringify(schema) === JSON.stringify(before.schema)) return null;
  const facts = { from: captured, to, before: before.schema, after: schema, stateDir: view.stateDir };
  return reportUpgrade({ ...facts, asideBefore: before.aside, log: await gateway.log().catch(() => '') });
}
