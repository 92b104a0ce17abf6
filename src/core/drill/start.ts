import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, GatewayBooter } from '../../ports/gateway.ts';
import type { Check } from './report.ts';
import type { DrillSubject, RestoredState } from './subject.ts';

export const STARTS = 'openclaw starts on it';

/** Of these a boot may end without the drill being broken. */
const ENDINGS: ReadonlySet<string> = new Set(['CANNOT_BOOT', 'CANNOT_MUTE', 'GATEWAY_DIED']);

/** How the boot went. `gateway` must be disposed by whoever gets it. */
export interface Start {
  readonly check: Check;
  readonly gateway: BootedGateway | null;
}

export interface StartOptions {
  readonly scratch: string;
  readonly command?: string | undefined;
  readonly signal: AbortSignal;
}

/** Question 5: does OpenClaw start on it? An OpenClaw that is missing, or cannot be muted, is no answer. */
export async function start(
  { subject, state }: { subject: DrillSubject; state: RestoredState },
  booter: GatewayBooter,
  options: StartOptions,
): Promise<Start> {
  const { installation } = subject.manifest;
  const scratch = join(options.scratch, 'boot');
  await mkdir(scratch, { mode: 0o700, recursive: true });
  const request = {
    muting: 'namespaces' as const,
    mounts: subject.roots.map(({ root, copy }) => ({ copy, at: root.path })),
    stateDir: installation.stateDir,
    home: installation.home,
    configPath: installation.configPath,
    environment: state.environment,
    scratch,
    command: options.command,
  };
  try {
    const gateway = await booter.boot(request, options.signal);
    return { gateway, check: started(gateway) };
  } catch (error) {
    if (!(error instanceof ClawbackError) || !ENDINGS.has(error.code)) throw error;
    return { gateway: null, check: notStarted(error) };
  }
}

function started({ openclawVersion, port, readyAfter }: BootedGateway): Check {
  const seconds = (readyAfter / 1000).toFixed(1);
  const evidence = `openclaw ${openclawVersion} was ready after ${seconds} s on port ${port}; /readyz answered ready: true`;
  return { id: 'start', status: 'ok', title: STARTS, evidence };
}

function notStarted({ code, message, hint }: ClawbackError): Check {
  const died = code === 'GATEWAY_DIED';
  const fix = hint ?? 'read the log lines above; openclaw doctor --lint on the restored state says more';
  return { id: 'start', status: died ? 'fail' : 'unknown', title: STARTS, evidence: message, fix };
}
