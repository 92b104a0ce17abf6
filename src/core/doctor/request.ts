import type { Machine } from '../../ports/machine.ts';
import type { Prober } from '../../ports/prober.ts';
import type { Host } from '../openclaw/host.ts';
import type { Platform } from './platform.ts';

export interface DoctorPorts {
  readonly host: Host;
  readonly machine: Machine;
  readonly prober: Prober;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface DoctorOptions {
  /** The state directory to examine, instead of the one that OpenClaw would use here. */
  readonly stateDir?: string | undefined;
  /** The `stateDir` of Clawback's own config. */
  readonly configured?: string | undefined;
  /** The platform, instead of the one that shows. */
  readonly platform: Platform | null;
  /** True to ask metadata services. */
  readonly online: boolean;
  /** A log to read instead of those that are found. */
  readonly log?: string | undefined;
  /** False if none should run, as right after a restore; null to conclude that from what is there. */
  readonly expectsGateway: boolean | null;
  /** A private directory (0700) for copies of databases, which the caller removes; null to do without. */
  readonly scratch: string | null;
}
