import { basename } from 'node:path';
import type { Machine } from '../../../ports/machine.ts';
import { isRecord, stringAt, valueAt } from '../../openclaw/config-value.ts';
import { jsonOrNull } from '../../openclaw/json.ts';
import { isWithin } from '../../openclaw/paths.ts';
import type { Installation } from './installation.ts';

/** Who starts the Gateway again when it ends, and what it says about that. */
export interface ServiceSeen {
  readonly kind: 'systemd' | 'docker' | 'kubernetes';
  readonly name: string;
  /** In its own words: `activating (auto-restart)`, `Restarting`, `CrashLoopBackOff`. */
  readonly state: string;
  readonly isUp: boolean;
  readonly restarts: number;
  readonly exitCode: number | null;
  readonly outOfMemory: boolean;
  /** The user that it starts the Gateway as; null if it does not say. */
  readonly uid: number | null;
  /** The last lines of its log; null if it has none to give. */
  readonly log: string | null;
  readonly logSource: string;
  /** Ports that lead from the host to the Gateway. */
  readonly published: readonly string[];
  /** What it takes for healthy; null if it does not say. */
  readonly probe: ServiceProbe | null;
}

export interface ServiceProbe {
  readonly signal: string;
  /** Seconds that a start may take. */
  readonly patience: number;
  readonly from: 'inside' | 'outside';
}

/** The service of this installation; null if none shows. Asks only tools that are there, and only to look. */
export async function lookAtService(
  installation: Installation,
  { machine, isPod }: { machine: Machine; isPod: boolean },
): Promise<ServiceSeen | null> {
  return (
    (await systemdService(installation, machine)) ??
    (await dockerService(installation, machine)) ??
    (isPod ? await kubernetesService(machine) : null)
  );
}

const PROPERTIES = 'ActiveState,SubState,Result,NRestarts,ExecMainStatus,User';

async function systemdService({ units, located }: Installation, machine: Machine): Promise<ServiceSeen | null> {
  const unit = units.find(({ belongs }) => belongs);
  if (unit === undefined) return null;
  const name = basename(unit.path);
  const scope = isWithin(unit.path, located.home) ? ['--user'] : [];
  const shown = await machine.ask('systemctl', ...scope, 'show', name, `--property=${PROPERTIES}`);
  if (shown === null) return null;
  const log = await machine.ask('journalctl', ...scope, '-u', name, '-n', '400', '--no-pager', '-o', 'cat');
  return parseSystemd(name, shown, log);
}

export function parseSystemd(name: string, shown: string, log: string | null): ServiceSeen | null {
  const values = new Map(shown.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const active = values.get('ActiveState') ?? '';
  if (active === '') return null;
  const status = Number(values.get('ExecMainStatus') ?? '');
  const user = values.get('User') ?? '';
  return {
    kind: 'systemd',
    name,
    state: `${active} (${values.get('SubState') ?? ''})`,
    isUp: active === 'active',
    restarts: Number(values.get('NRestarts') ?? 0) || 0,
    exitCode: Number.isNaN(status) ? null : status,
    outOfMemory: values.get('Result') === 'oom-kill',
    uid: /^\d+$/.test(user) ? Number(user) : null,
    log: log === '' ? null : log,
    logSource: `journalctl -u ${name}`,
    published: [],
    probe: null,
  };
}

async function dockerService({ located }: Installation, machine: Machine): Promise<ServiceSeen | null> {
  if ((await machine.stat('/var/run/docker.sock')) === null) return null;
  const ids = ((await machine.ask('docker', 'ps', '-aq', '--no-trunc')) ?? '').split('\n').filter(Boolean);
  if (ids.length === 0) return null;
  const found = parseDocker((await machine.ask('docker', 'inspect', ...ids)) ?? '', located.stateDir);
  if (found === null) return null;
  return { ...found, log: await machine.ask('docker', 'logs', '--tail', '400', found.name) };
}

/** The container that has the state directory mounted, of what `docker inspect` prints. */
export function parseDocker(inspected: string, stateDir: string): ServiceSeen | null {
  const container = itemsOf(jsonOrNull(inspected)).find((candidate) => {
    const sources = itemsOf(valueAt(candidate, 'Mounts')).map((mount) => stringAt(mount, 'Source'));
    return sources.some((source) => source !== null && isWithin(stateDir, source));
  });
  if (container === undefined) return null;
  const name = (stringAt(container, 'Name') ?? '').replace(/^\//, '');
  const user = stringAt(container, 'Config.User') ?? '';
  const ports = valueAt(container, 'HostConfig.PortBindings');
  return {
    kind: 'docker',
    name,
    state: String(valueAt(container, 'State.Status')),
    isUp: valueAt(container, 'State.Status') === 'running',
    restarts: Number(valueAt(container, 'RestartCount') ?? 0),
    exitCode: Number(valueAt(container, 'State.ExitCode') ?? 0),
    outOfMemory: valueAt(container, 'State.OOMKilled') === true,
    // The image says node, whose number is 1000.
    uid: user === 'node' ? 1000 : /^\d+/.test(user) ? Number.parseInt(user, 10) : null,
    log: null,
    logSource: `docker logs ${name}`,
    published: isRecord(ports) ? Object.keys(ports) : [],
    probe: null,
  };
}

async function kubernetesService(machine: Machine): Promise<ServiceSeen | null> {
  const listed = await machine.ask('kubectl', 'get', 'pods', '-A', '-o', 'json', '--request-timeout=1s');
  return parsePods(listed ?? '');
}

/** The first pod that runs OpenClaw, of what `kubectl get pods -o json` prints. */
export function parsePods(listed: string): ServiceSeen | null {
  for (const pod of itemsOf(valueAt(jsonOrNull(listed), 'items'))) {
    const container = itemsOf(valueAt(pod, 'spec.containers')).find((one) =>
      /openclaw/i.test(String(valueAt(one, 'image'))),
    );
    if (container === undefined) continue;
    const name = String(valueAt(pod, 'metadata.name'));
    const status = itemsOf(valueAt(pod, 'status.containerStatuses')).find(
      (one) => valueAt(one, 'name') === valueAt(container, 'name'),
    );
    const waiting = valueAt(status, 'state.waiting.reason');
    const last = valueAt(status, 'lastState.terminated') ?? valueAt(status, 'state.terminated');
    const code = valueAt(last, 'exitCode');
    return {
      kind: 'kubernetes',
      name,
      state: typeof waiting === 'string' ? waiting : String(valueAt(pod, 'status.phase')),
      isUp: isRecord(valueAt(status, 'state.running')),
      restarts: Number(valueAt(status, 'restartCount') ?? 0),
      exitCode: typeof code === 'number' ? code : null,
      outOfMemory: valueAt(last, 'reason') === 'OOMKilled',
      uid: null,
      log: null,
      logSource: `kubectl logs ${name} --previous`,
      published: [],
      probe: probeOf(container),
    };
  }
  return null;
}

function itemsOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The kubelet's own numbers where a manifest is silent. */
const PERIOD = 10;
const FAILURES = 3;

function probeOf(container: unknown): ServiceProbe | null {
  const startup = valueAt(container, 'startupProbe');
  const probe = startup ?? valueAt(container, 'livenessProbe');
  if (!isRecord(probe)) return null;
  const number = (key: string, otherwise: number) => (typeof probe[key] === 'number' ? probe[key] : otherwise);
  const patience =
    number('initialDelaySeconds', 0) + number('periodSeconds', PERIOD) * number('failureThreshold', FAILURES);
  const kind = ['exec', 'httpGet', 'tcpSocket', 'grpc'].find((name) => name in probe) ?? 'unknown';
  const name = startup === undefined ? 'livenessProbe' : 'startupProbe';
  return {
    signal: `${name} of type ${kind}, which gives a start ${patience} s`,
    patience,
    from: kind === 'exec' ? 'inside' : 'outside',
  };
}
