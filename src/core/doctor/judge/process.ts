import type { Boot } from '../look/database.ts';
import type { Examination } from '../examination.ts';
import type { Finding } from '../report.ts';

/** Starts within this time of each other are one loop. Milliseconds. */
const LOOP_WINDOW = 15 * 60_000;
const LOOP_STARTS = 4;

/** Layer (a): does a Gateway run, and does it go on running? */
export function judgeProcess(seen: Examination): Finding[] {
  const { installation, service } = seen;
  if (installation.atRest) return [];
  const found: Finding[] = [];
  const add = (severity: Finding['severity'], id: string, about: Omit<Finding, 'id' | 'severity' | 'layer'>): void => {
    found.push({ id, layer: 'process', severity, ...about });
  };
  if (service?.outOfMemory === true) {
    add('fail', 'out-of-memory', {
      title: 'the Gateway ran out of memory',
      evidence: `${service.kind} says that ${service.name} was killed for want of memory`,
      fix: ['give the container or unit more memory, 2 GiB at least'],
    });
  }
  const loop = loopOf(seen);
  if (loop !== null) {
    add('fail', 'restart-loop', {
      title: 'the Gateway starts again and again',
      evidence: loop,
      fix: [`read why: ${logCommand(seen)}`, 'mend that before anything else; a longer probe does not help'],
    });
  }
  if (installation.gateway !== null) {
    const { pid, evidence } = installation.gateway;
    add('ok', 'running', {
      title: 'a Gateway runs',
      evidence: `process ${pid}, known by ${evidence}${restarts(seen)}`,
    });
  } else add('fail', 'not-running', notRunning(seen));
  return found;
}

function notRunning(seen: Examination): Omit<Finding, 'id' | 'severity' | 'layer'> {
  const { service, database } = seen;
  const last = database.boots[0];
  const said = [
    'no Gateway has this state directory open, as far as may be seen',
    service === null
      ? ''
      : `${service.kind} says of ${service.name}: ${service.state}${service.exitCode === null ? '' : `, last exit code ${service.exitCode}${EXITS[service.exitCode] ?? ''}`}`,
    last === undefined ? '' : `the last one ${lastEnd(last)}`,
  ];
  const start =
    service?.kind === 'systemd'
      ? `systemctl restart ${service.name}`
      : service?.kind === 'docker'
        ? `docker restart ${service.name}`
        : 'openclaw gateway start';
  return {
    title: 'no Gateway runs',
    evidence: said.filter(Boolean).join('; '),
    fix: [`read why: ${logCommand(seen)}`, start],
  };
}

/** What OpenClaw, Node and the kernel mean by them. */
const EXITS: Readonly<Record<number, string>> = {
  78: ' (OpenClaw refuses its config or state)',
  134: ' (aborted, as Node does without memory)',
  137: ' (killed, as the kernel does without memory)',
  143: ' (stopped)',
};

function lastEnd({ outcome, reason, startedAt }: Boot): string {
  const at = new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ');
  if (outcome === null) return `was started at ${at} UTC and did not end in order: it was killed, or crashed`;
  return `was started at ${at} UTC and ended with ${outcome}${reason === null ? '' : ` (${reason})`}`;
}

function loopOf({ service, database, installation }: Examination): string | null {
  if (service !== null && /auto-restart|Restarting|restarting|CrashLoopBackOff/.test(service.state))
    return `${service.kind} says of ${service.name}: ${service.state}, ${service.restarts} restarts${service.exitCode === null ? '' : `, last exit code ${service.exitCode}${EXITS[service.exitCode] ?? ''}`}`;
  // What runs now has not ended yet.
  const ended = installation.gateway === null ? database.boots : database.boots.slice(1);
  const broken = ended.filter(({ outcome }) => outcome === null || !/clean|stop|restart/.test(outcome));
  const recent = broken.filter(({ startedAt }) => (broken[0]?.startedAt ?? 0) - startedAt < LOOP_WINDOW);
  if (recent.length < LOOP_STARTS) return null;
  return `${recent.length} starts within ${LOOP_WINDOW / 60_000} minutes did not end in order, by OpenClaw's own record`;
}

function restarts({ service }: Examination): string {
  return service === null || service.restarts === 0 ? '' : `; ${service.kind} restarted it ${service.restarts} times`;
}

function logCommand({ service, platform }: Examination): string {
  if (service !== null) return service.logSource;
  if (platform.stratum === 'container') return 'docker logs --tail 100 CONTAINER';
  if (platform.stratum === 'orchestrator') return 'kubectl logs deployment/openclaw --previous';
  return 'ls -t /tmp/openclaw/*.log | head -1, or journalctl --user -u openclaw-gateway';
}
