import { describe, expect, it } from 'vitest';
import { parseDocker, parsePods, parseSystemd } from '../../../../src/core/doctor/look/service.ts';
import { judgeProcess } from '../../../../src/core/doctor/judge/process.ts';
import { examination, STARTED } from './examination.ts';

const UNIT = 'openclaw-gateway.service';
const systemd = (lines: readonly string[]) => parseSystemd(UNIT, `${lines.join('\n')}\n`, null);

describe('systemd', () => {
  it('that starts a Gateway again and again is a restart loop, with its exit code', () => {
    const service = systemd([
      'Result=exit-code',
      'ExecMainStatus=78',
      'NRestarts=17',
      'User=',
      'ActiveState=activating',
      'SubState=auto-restart',
    ]);
    expect(service).toMatchObject({ isUp: false, restarts: 17, exitCode: 78 });
    const seen = examination({ service, installation: { ...examination().installation, gateway: null } });
    const findings = judgeProcess(seen);
    expect(findings[0]).toMatchObject({ id: 'restart-loop', severity: 'fail' });
    expect(findings[0]?.evidence).toContain('78 (OpenClaw refuses its config or state)');
    expect(findings[0]?.fix?.[0]).toContain(`journalctl -u ${UNIT}`);
  });

  it('that saw the kernel kill it says out of memory', () => {
    const service = systemd([
      'Result=oom-kill',
      'ExecMainStatus=9',
      'NRestarts=1',
      'ActiveState=failed',
      'SubState=failed',
    ]);
    expect(judgeProcess(examination({ service }))[0]).toMatchObject({ id: 'out-of-memory', severity: 'fail' });
  });

  it('that knows of no such unit says nothing', () => {
    expect(systemd([''])).toBeNull();
  });
});

describe('docker', () => {
  const container = (state: object, rest: object = {}) =>
    JSON.stringify([
      { Name: '/other', Mounts: [{ Source: '/srv/other' }], State: { Status: 'running' } },
      {
        Name: '/openclaw-gateway',
        RestartCount: 9,
        State: { Status: 'restarting', ExitCode: 78, OOMKilled: false, ...state },
        Config: { User: 'node' },
        HostConfig: { PortBindings: { '18789/tcp': [{ HostPort: '18789' }] } },
        Mounts: [{ Type: 'bind', Source: '/srv/openclaw', Destination: '/home/node/.openclaw' }],
        ...rest,
      },
    ]);

  it('knows the container by what it has mounted', () => {
    expect(parseDocker(container({}), '/srv/openclaw')).toMatchObject({
      ...{ name: 'openclaw-gateway', exitCode: 78, restarts: 9, uid: 1000, published: ['18789/tcp'], isUp: false },
    });
    expect(parseDocker(container({}), '/srv/openclaw-two')).toBeNull();
    expect(parseDocker('not json', '/srv/openclaw')).toBeNull();
  });

  it('that killed it for want of memory says so', () => {
    const service = parseDocker(container({ OOMKilled: true, ExitCode: 137 }), '/srv/openclaw');
    expect(judgeProcess(examination({ service })).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['out-of-memory', 'restart-loop']),
    );
  });
});

describe('kubernetes', () => {
  const pods = (container: object, status: object) =>
    JSON.stringify({
      items: [
        { metadata: { name: 'db-0' }, spec: { containers: [{ name: 'db', image: 'postgres' }] } },
        {
          metadata: { name: 'openclaw-7d' },
          spec: { containers: [{ name: 'gateway', image: 'ghcr.io/openclaw/openclaw:2026.9.6', ...container }] },
          status: { phase: 'Running', containerStatuses: [{ name: 'gateway', restartCount: 6, ...status }] },
        },
      ],
    });

  it('whose probe is impatient kills it: the numbers of its manifest are what counts', () => {
    const service = parsePods(
      pods({ livenessProbe: { httpGet: {}, initialDelaySeconds: 5 } }, { state: { running: {} } }),
    );
    expect(service?.probe).toMatchObject({ patience: 35, from: 'outside' });
    const started = parsePods(
      pods({ startupProbe: { exec: {}, periodSeconds: 10, failureThreshold: 90 }, livenessProbe: {} }, {}),
    );
    expect(started?.probe).toMatchObject({ patience: 900, from: 'inside' });
  });

  it('that gave up for now is a restart loop, and says why the last one ended', () => {
    const service = parsePods(
      pods(
        {},
        {
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
        },
      ),
    );
    expect(service).toMatchObject({ state: 'CrashLoopBackOff', outOfMemory: true, exitCode: 137, restarts: 6 });
  });

  it('without a pod of OpenClaw says nothing', () => {
    expect(parsePods('{"items":[]}')).toBeNull();
    expect(parsePods('')).toBeNull();
  });
});

describe("OpenClaw's own record of its starts", () => {
  const boot = (secondsAgo: number, outcome: string | null) => ({
    startedAt: STARTED - secondsAgo * 1000,
    outcome,
    reason: null,
  });
  const judged = (boots: readonly ReturnType<typeof boot>[]) =>
    judgeProcess(examination({ database: { ...examination().database, boots } })).map(({ id }) => id);

  it('is a loop when four within a quarter of an hour did not end in order', () => {
    expect(judged([0, 20, 40, 60, 80].map((ago) => boot(ago, null)))).toContain('restart-loop');
  });

  it('is none when they ended in order, are few, or lie apart; the one that runs now has not ended', () => {
    expect(judged([0, 20, 40, 60, 80].map((ago) => boot(ago, 'clean_stop')))).toEqual(['running']);
    expect(judged([0, 20, 40, 60].map((ago) => boot(ago, null)))).toEqual(['running']);
    expect(judged([0, 2, 4, 6, 8].map((hours) => boot(hours * 3600, null)))).toEqual(['running']);
  });
});
