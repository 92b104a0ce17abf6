import { isRecord, valueAt } from '../../openclaw/config-value.ts';
import type { Examination } from '../examination.ts';
import type { Answers, ProbeAnswer } from '../look/answers.ts';
import { type Fact, type Finding, known } from '../report.ts';

type About = Omit<Finding, 'id' | 'severity' | 'layer'>;

/** The fifth fact and layer (e): what the platform takes for healthy, and whether the Gateway is that, and in time. */
export function judgeProbe(seen: Examination): { fact: Fact; findings: Finding[] } {
  const { probe, service, platform, answers } = seen;
  const found =
    service?.probe === null || service === null
      ? `what ${platform.title} does by default`
      : `the manifest of ${service.name}`;
  const fact = known(probe.signal, found);
  if (answers === null) return { fact, findings: [] };
  const first = answered(answers);
  if (first.severity === 'fail') return { fact, findings: [first] };
  return { fact, findings: [first, ...secret(seen, answers), ...patience(seen), ...pending(seen)] };
}

function finding(severity: Finding['severity'], id: string, about: About): Finding {
  return { id, layer: 'probe', severity, ...about };
}

function answered({ url, health, ready, startup }: Answers): Finding {
  if (health.http.status === null && ready.http.status === null) {
    const evidence = `${url} takes the connection and ${health.http.reason === 'silent' ? 'does not answer' : 'breaks it off'}`;
    const fix = [
      'the process hangs or is stopped: see its state with ps -o pid,stat,etime,args -C openclaw-gateway',
      'restart it',
    ];
    return finding('fail', 'hangs', { title: 'the Gateway does not answer', evidence, fix });
  }
  if (!isRecord(health.json) || !('ok' in health.json)) {
    const evidence = `${url}/healthz answered ${health.http.status ?? 'nothing'} and no JSON of OpenClaw's; a web page is no health`;
    const fix = [
      'see what listens there: ss -ltnp',
      'and ask for JSON in the probe: a Gateway gives its web page, with 200, for paths that it does not know',
    ];
    return finding('fail', 'not-a-gateway', { title: 'what answers is no Gateway', evidence, fix });
  }
  if (valueAt(ready.json, 'ready') === true) {
    const evidence = `/healthz, /readyz${isRecord(startup.json) ? ' and /startupz answer' : ' answer'} JSON, and ready: true`;
    return finding('ok', 'ready', { title: 'the Gateway says that it is ready', evidence });
  }
  return notReady(ready);
}

function notReady({ http, json }: ProbeAnswer): Finding {
  const failing = valueAt(json, 'failing');
  const reasons = Array.isArray(failing) ? failing.map(String) : [];
  const evidence = `/readyz answers ${http.status ?? 'nothing'}${reasons.length === 0 ? '' : `, failing ${reasons.join(', ')}`}`;
  if (reasons.some((reason) => /draining|suspend/.test(reason))) {
    const fix = ['it is suspended or about to stop: openclaw gateway resume, or restart it'];
    return finding('fail', 'draining', { title: 'the Gateway takes no new work', evidence, fix });
  }
  const fix = ['ask again in a minute: clawback doctor', 'and read its log if it stays so'];
  return finding('fail', 'not-ready', { title: 'the Gateway is not ready', evidence, fix });
}

/** Codes with which a Gateway says that the secret itself is wrong. */
const WRONG_SECRET = /^AUTH_(TOKEN|PASSWORD)_(MISMATCH|MISSING)$|^AUTH_UNAUTHORIZED$/;

/** `/readyz` proves nothing about the token: only a handshake does. */
function secret({ token, installation }: Examination, { handshake, url }: Answers): Finding[] {
  if (token.secret === null && token.mode !== 'none') return [];
  if (handshake === null) {
    const evidence = `the WebSocket at ${url} gave no answer that could be read`;
    return [finding('info', 'handshake', { title: 'the token could not be tried', evidence })];
  }
  if (handshake.outcome === 'refused' && WRONG_SECRET.test(handshake.code)) {
    const evidence = `a handshake with the ${token.mode} of ${token.winner ?? 'nowhere'} was refused: ${handshake.code}`;
    const fix = [
      `restart the Gateway, so that it takes up ${token.winner ?? 'it'}`,
      `or look for what wins over it: a --token flag, or a variable in ${installation.units[0]?.path ?? 'the environment of its service'}`,
    ];
    return [finding('fail', 'token-refused', { title: 'the running Gateway has another token', evidence, fix })];
  }
  const evidence =
    handshake.outcome === 'connected'
      ? `a handshake with the ${token.mode} was accepted`
      : `the ${token.mode} was not refused (${handshake.code})`;
  return [finding('ok', 'handshake', { title: 'the Gateway takes the token', evidence })];
}

/** A first start after a restore migrates databases and makes caches anew: this many times the time of an ordinary one. */
const MARGIN = 3;
const LEAST = 300;

function patience(seen: Examination): Finding[] {
  const { log, installation, probe, platform } = seen;
  const began = installation.gateway?.startedAt ?? null;
  const readyAt = log?.readyAt ?? null;
  if (began === null || readyAt === null || readyAt < began) return [];
  const took = (readyAt - began) / 1000;
  const measured = `it was ready ${took.toFixed(1)} s after its process began (${log?.source ?? ''})`;
  const title = 'a start is as quick as the platform wants it';
  if (probe.patience === null)
    return [finding('ok', 'patience', { title, evidence: `${measured}, and nothing ends a slower one` })];
  const needed = Math.max(LEAST, Math.ceil((took * MARGIN) / 10) * 10);
  const evidence = `${measured}; the probe waits ${probe.patience} s`;
  if (took * MARGIN <= probe.patience) return [finding('ok', 'patience', { title, evidence })];
  const severity = took > probe.patience ? 'fail' : 'warn';
  const fix = [platform.probe.lengthen(needed)];
  return [
    finding(severity, 'slow-start', {
      title: 'a start may take longer than the platform waits',
      evidence: `${evidence}, and a first start after a restore takes up to ${MARGIN} times as long`,
      fix,
    }),
  ];
}

function pending({ database }: Examination): Finding[] {
  if (database.pending === 0) return [];
  const evidence = `${database.pending} requests wait; a browser that is not approved is told "1008 pairing required"`;
  const fix = ['openclaw devices list', 'openclaw devices approve REQUEST, for each that you know'];
  return [finding('info', 'pairing', { title: 'devices wait for approval', evidence, fix })];
}
