import { describe, expect, it } from 'vitest';
import { judgeBind } from '../../../../src/core/doctor/judge/bind.ts';
import { judgePort } from '../../../../src/core/doctor/judge/port.ts';
import { judgeProbe } from '../../../../src/core/doctor/judge/probe.ts';
import { judgeToken } from '../../../../src/core/doctor/judge/token.ts';
import { inOrder } from '../../../../src/core/doctor/order.ts';
import { layersOf } from '../../../../src/core/doctor/layers.ts';
import type { Examination } from '../../../../src/core/doctor/examination.ts';
import type { Finding } from '../../../../src/core/doctor/report.ts';
import { answer, examination, platformOf, STARTED, STATE } from './examination.ts';

const idsOf = (findings: readonly Finding[]) => findings.map(({ id }) => id);
const withAnswers = (changes: Partial<NonNullable<Examination['answers']>>) => {
  const { answers } = examination();
  return examination({ answers: answers === null ? null : { ...answers, ...changes } });
};
const readyAfter = (seconds: number, platform: string): Examination =>
  examination({
    platform: platformOf(platform),
    log: { source: 'gateway.log', causes: [], readyAt: STARTED + seconds * 1000 },
  });

describe('the probe', () => {
  it('is satisfied by JSON that says ready', () => {
    expect(idsOf(judgeProbe(examination()).findings)).toEqual(['ready', 'handshake']);
  });

  it('is not satisfied by a web page with status 200: what answers is no Gateway, and is not told the secret', () => {
    const page = { http: { status: 200, body: '<!doctype html>' }, json: null };
    const { findings } = judgeProbe(withAnswers({ health: page, ready: page }));
    expect(idsOf(findings)).toEqual(['not-a-gateway']);
  });

  it('tells a Gateway that starts from one that drains', () => {
    const starting = answer({ ready: false, failing: ['startup-sidecars'] }, 503);
    const draining = answer({ ready: false, failing: ['gateway-draining'] }, 503);
    expect(idsOf(judgeProbe(withAnswers({ ready: starting })).findings)).toEqual(['not-ready']);
    expect(idsOf(judgeProbe(withAnswers({ ready: draining })).findings)).toEqual(['draining']);
  });

  it('that waits less than a start took fails, with the numbers to set', () => {
    const [, , slow] = judgeProbe(readyAfter(42, 'kubernetes')).findings;
    expect(slow).toMatchObject({ id: 'slow-start', severity: 'fail' });
    expect(slow?.evidence).toMatch(/ready 42\.0 s after .* waits 30 s/);
    expect(slow?.fix).toEqual(['startupProbe: { tcpSocket: { port: 18789 }, periodSeconds: 5, failureThreshold: 60 }']);
  });

  it('that a first start after a restore would outlast is a remark, and one that waits long enough is well', () => {
    expect(judgeProbe(readyAfter(15, 'kubernetes')).findings[2]).toMatchObject({ id: 'slow-start', severity: 'warn' });
    expect(judgeProbe(readyAfter(150, 'kubernetes')).findings[2]?.fix?.[0]).toContain('failureThreshold: 90');
    expect(judgeProbe(readyAfter(5, 'kubernetes')).findings[2]).toMatchObject({ id: 'patience', severity: 'ok' });
    expect(judgeProbe(readyAfter(500, 'linux')).findings[2]).toMatchObject({ id: 'patience', severity: 'ok' });
  });

  it('takes a Gateway that wants a device for one that took the token', () => {
    const handshake = { outcome: 'refused', code: 'PAIRING_REQUIRED', message: '' } as const;
    expect(judgeProbe(withAnswers({ handshake })).findings[1]).toMatchObject({ id: 'handshake', severity: 'ok' });
  });
});

describe('the port', () => {
  const silent = { listening: [], own: [], addresses: [] };

  it('that a young Gateway does not listen on yet is a start; of an old one it is none', () => {
    const young = examination({ sockets: silent, now: STARTED + 5000 });
    expect(judgePort(young)[0]).toMatchObject({ id: 'starting', severity: 'fail' });
    expect(judgePort(examination({ sockets: silent }))[0]).toMatchObject({ id: 'not-listening' });
  });

  it('is compared with the one that the platform names', () => {
    const port = { port: 18789, found: 'the default', platform: 8080 };
    expect(judgePort(examination({ port }))[0]).toMatchObject({ id: 'port-differs' });
  });
});

describe('the interface', () => {
  it('may be the loopback where it is asked from inside, and not where from outside', () => {
    expect(idsOf(judgeBind(examination()).findings)).toEqual(['bind']);
    const asked = ['kubernetes', 'zeabur', 'cloud-run', 'railway', 'docker'].map((name) => platformOf(name));
    for (const platform of asked)
      expect(idsOf(judgeBind(examination({ platform })).findings)).toEqual(['bind-loopback']);
  });

  it('is judged by the manifest where that asks from inside', () => {
    const platform = platformOf('kubernetes');
    expect(idsOf(judgeBind(examination({ platform, probe: { ...platform.probe, from: 'inside' } })).findings)).toEqual([
      'bind',
    ]);
  });

  it('lets browsers in from this machine, private addresses and what is listed, as OpenClaw does', () => {
    const origins = [
      'http://localhost:18789',
      'http://192.168.1.9:18789',
      'https://claw.tail1.ts.net',
      'https://listed.example',
    ];
    const value = { gateway: { mode: 'local', controlUi: { allowedOrigins: ['https://LISTED.example'] } } };
    const base = examination();
    const installation = { ...base.installation, config: { ...base.installation.config, value } };
    const allowed = examination({ installation, database: { ...base.database, origins } });
    expect(idsOf(judgeBind(allowed).findings)).toEqual(['bind']);
    const stranger = examination({ installation, database: { ...base.database, origins: ['https://other.example'] } });
    expect(judgeBind(stranger).findings[1]).toMatchObject({ id: 'origin', severity: 'warn' });
  });
});

describe('the token', () => {
  it('is never in what is said of it', () => {
    expect(JSON.stringify(judgeToken(examination()))).not.toContain('the-secret-itself');
  });

  it('that only a shell has does not reach the unit', () => {
    const base = examination().installation;
    const environment = {
      ...base.environment,
      variables: [{ name: 'OPENCLAW_GATEWAY_TOKEN', source: 'process', sealed: true }],
    };
    const units = [{ path: '/etc/systemd/system/openclaw-gateway.service', values: {}, belongs: true }];
    const seen = examination({ installation: { ...base, gateway: null, environment, units } });
    expect(judgeToken(seen).findings[0]).toMatchObject({ id: 'token-missing', severity: 'fail' });
  });
});

describe('the layers', () => {
  it('that stand on a broken one are not judged, and the config always is', () => {
    const seen = examination({ installation: { ...examination().installation, gateway: null }, answers: null });
    const findings: Finding[] = [{ id: 'not-running', layer: 'process', severity: 'fail', title: '', evidence: '' }];
    expect(layersOf(findings, seen).map(({ verdict }) => verdict)).toEqual([
      'ok',
      'fail',
      'not-judged',
      'not-judged',
      'ok',
      'not-judged',
    ]);
  });
});

describe('the order of findings', () => {
  const finding = (id: string, severity: Finding['severity']): Finding => ({
    id,
    severity,
    layer: 'facts',
    title: id,
    evidence: STATE,
  });

  it('has failures before remarks, and causes before what they bring about', () => {
    const mixed = [
      ...[finding('ready', 'ok'), finding('not-running', 'fail'), finding('token-changed', 'warn')],
      ...[finding('database-corrupt', 'fail'), finding('disk-full', 'fail'), finding('token-missing', 'fail')],
    ];
    expect(idsOf(inOrder(mixed))).toEqual([
      'disk-full',
      'database-corrupt',
      'token-missing',
      'not-running',
      'token-changed',
      'ready',
    ]);
  });
});
