import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, BootRequest, GatewayBooter, GatewaySecret, Muting } from '../../ports/gateway.ts';
import type { StateView } from '../openclaw/inventory.ts';
import { rehearse } from './rehearsal.ts';
import type { Check } from './report.ts';
import type { DrillSubject, RestoredState } from './subject.ts';
import { refusedDowngrade } from './upgrade.ts';

export const STARTS = 'openclaw starts on it';

/** Of these a boot may end without the drill being broken. */
const ENDINGS: ReadonlySet<string> = new Set(['CANNOT_BOOT', 'CANNOT_MUTE', 'GATEWAY_DIED']);

/** How the boot went. `gateway` must be disposed by whoever gets it. */
export interface Start {
  readonly check: Check;
  readonly gateway: BootedGateway | null;
  readonly muting: Muting | null;
  /** What the Gateway was booted on: read it for what has become of the state. */
  readonly view: StateView;
}

export interface StartOptions {
  readonly scratch: string;
  readonly command?: string | undefined;
  readonly signal: AbortSignal;
}

export interface Startable {
  readonly subject: DrillSubject;
  readonly state: RestoredState;
  /** What the Gateway will be asked with. */
  readonly token: GatewaySecret | null;
}

/** Question 5: does OpenClaw start on it? An OpenClaw that is missing, or cannot be muted, is no answer. */
export async function start(startable: Startable, booter: GatewayBooter, options: StartOptions): Promise<Start> {
  const scratch = join(options.scratch, 'boot');
  await mkdir(scratch, { mode: 0o700, recursive: true });
  const about = { scratch, command: options.command };
  const { installation } = startable.subject.manifest;
  let { view } = startable.state;
  try {
    const isolated = await boot({ ...inNamespaces(startable), ...about }, booter, options.signal);
    if (!(isolated instanceof ClawbackError))
      return { view, muting: 'namespaces', gateway: isolated, check: started(isolated, null) };
    const { request, ...rehearsal } = await rehearse(startable, join(options.scratch, 'rehearsal'));
    view = rehearsal.view;
    const gateway = await booter.boot({ ...request, ...about }, options.signal);
    return { view, muting: 'rehearsal', gateway, check: started(gateway, isolated) };
  } catch (error) {
    if (!(error instanceof ClawbackError) || !ENDINGS.has(error.code)) throw error;
    return { view, muting: null, gateway: null, check: notStarted(error, installation.openclawVersion) };
  }
}

/** @returns the error instead if this host gives no namespaces */
async function boot(
  request: BootRequest,
  booter: GatewayBooter,
  signal: AbortSignal,
): Promise<BootedGateway | ClawbackError> {
  try {
    return await booter.boot(request, signal);
  } catch (error) {
    if (error instanceof ClawbackError && error.code === 'CANNOT_MUTE') return error;
    throw error;
  }
}

function inNamespaces({ subject, state }: Startable): Omit<BootRequest, 'scratch'> {
  const { stateDir, home, configPath } = subject.manifest.installation;
  const mounts = subject.roots.map(({ root, copy }) => ({ copy, at: root.path }));
  return { muting: 'namespaces', mounts, stateDir, home, configPath, environment: state.environment };
}

/** @param refused why it could not be in namespaces; null if it was */
function started({ openclawVersion, port, readyAfter }: BootedGateway, refused: ClawbackError | null): Check {
  const seconds = (readyAfter / 1000).toFixed(1);
  const evidence = `openclaw ${openclawVersion} was ready after ${seconds} s on port ${port}; /readyz answered ready: true`;
  if (refused === null) return { id: 'start', status: 'ok', title: STARTS, evidence };
  const without = `not in namespaces (${refused.message}), but as a rehearsal: at another path, without channels, jobs and every secret but the gateway's`;
  return {
    id: 'start',
    status: 'warn',
    title: STARTS,
    evidence: `${evidence}; ${without}`,
    ...(refused.hint === undefined ? {} : { fix: refused.hint }),
  };
}

function notStarted({ code, message, hint }: ClawbackError, captured: string | null): Check {
  const died = code === 'GATEWAY_DIED';
  const downgrade = died ? refusedDowngrade(message, captured) : null;
  if (downgrade !== null) {
    const fix = `drill with the release that wrote it, or a newer one: --openclaw ${captured ?? 'VERSION'}`;
    return { id: 'start', status: 'fail', title: STARTS, evidence: `${downgrade}; ${message}`, fix };
  }
  const fix = hint ?? 'read the log lines above; openclaw doctor --lint on the restored state says more';
  return { id: 'start', status: died ? 'fail' : 'unknown', title: STARTS, evidence: message, fix };
}
