import type { Counts, TokenFacts } from '../archive/manifest.ts';

/** What a drill found: the answer of `clawback drill --json`. It holds no secret. */
export interface DrillReport {
  readonly snapshot: string;
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly token: TokenReport;
  readonly devices: readonly DeviceReport[];
  readonly counts: { readonly expected: Counts; readonly found: Counts };
  /** The release that wrote the snapshot's state, and the one that was booted on it; null where it is not known, or none was. */
  readonly openclaw: { readonly captured: string | null; readonly booted: string | null };
  /** What kept the booted OpenClaw from doing anything; null if none was booted. */
  readonly muting: 'namespaces' | 'rehearsal' | null;
  /** The installation that the devices were compared with; null if the snapshot alone decided. */
  readonly comparedWith: Comparison | null;
  /** How the canary device fared; null if the snapshot has none. */
  readonly canary: CanaryReport | null;
  /** What another release than the captured one made of the state; null if the same one was booted, or none. */
  readonly upgrade: UpgradeReport | null;
  /** What a person has to see to after a restore of this snapshot, besides devices and failed checks. */
  readonly todo: readonly Todo[];
  /** `boot` is the time from start to ready, 0 if nothing was booted. */
  readonly seconds: { readonly restore: number; readonly boot: number; readonly total: number };
}

/** `incomplete`: OpenClaw could not be booted here, so that nothing is proven, whatever else is fine. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'incomplete';

export type Status = 'ok' | 'warn' | 'fail' | 'unknown';

export interface Check {
  /** Stable: `integrity`, `start`, `token`, `content`, `devices`, `devices-identity`, `canary`, `migration`, and `checklist-…`. */
  readonly id: string;
  readonly status: Status;
  readonly title: string;
  /** What was seen, in one or more sentences. */
  readonly evidence: string;
  /** What mends it: a command, or an instruction. */
  readonly fix?: string;
}

export interface TokenReport {
  readonly status: Status;
  readonly verdict: TokenVerdict;
  readonly mode: TokenFacts['mode'];
  readonly winner: string | null;
  /** Every place that could hold the secret. `matches` is null where the place gives none, or nothing is known to compare with. */
  readonly sources: readonly { readonly source: string; readonly present: boolean; readonly matches: boolean | null }[];
  /** Where the secret would have to be set by hand, on each platform; the value itself is never in it. Empty if it need not be. */
  readonly lines: readonly TokenLine[];
}

/**
 * `reproducible`: it comes from the environment or a secret manager, and is the one of the snapshot. `restorable`: it is, but
 * only because it stands in the config in clear. `differs`, `missing`: clients know another. `none`: there is no shared secret.
 */
export type TokenVerdict = 'reproducible' | 'restorable' | 'differs' | 'missing' | 'unknown' | 'none';

export interface TokenLine {
  /** True for the one that fits this host. */
  readonly here: boolean;
  readonly platform: 'systemd' | 'compose' | 'kubernetes' | 'dotenv';
  readonly text: string;
}

export interface DeviceReport {
  readonly deviceId: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly verdict: DeviceVerdict;
  readonly reason: string;
  readonly fix?: string;
  /** Set for what had asked to be paired and was not approved yet. */
  readonly pending?: true;
}

/**
 * What a paired device will need after this restore. `enter-token`: the new shared secret, no approval. `approve-again`: an
 * operator's approval. `pair-again`: it must forget its device token and ask anew. `revoke-again`: it works, and should not.
 */
export type DeviceVerdict = 'keeps' | 'enter-token' | 'approve-again' | 'pair-again' | 'revoke-again' | 'unknown';

/** `live`: the installation on this host. `aside`: what a restore moved out of the way. `given`: with `--against`. */
export interface Comparison {
  readonly kind: 'live' | 'aside' | 'given';
  readonly stateDir: string;
}

export interface CanaryReport {
  readonly deviceId: string;
  /** What the booted Gateway said to it, by its device token and by the shared secret: `connected`, or the Gateway's code. */
  readonly byDeviceToken: string | null;
  readonly bySharedSecret: string | null;
}

export interface UpgradeReport {
  readonly from: string | null;
  readonly to: string;
  /** `PRAGMA user_version` of each database; null where there is none. */
  readonly schema: readonly {
    readonly database: string;
    readonly before: number | null;
    readonly after: number | null;
  }[];
  /** Files that the migration set aside, relative to the state directory. */
  readonly migrated: readonly string[];
  /** What OpenClaw said about it, secrets masked. */
  readonly warnings: readonly string[];
}

/** Something that a person must do. */
export interface Todo {
  readonly title: string;
  readonly command?: string;
}

/** One failed check fails the drill; without a boot it can do no better than `incomplete`; what is not known is a remark. */
export function verdictOf(checks: readonly Check[], booted: boolean): Verdict {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  if (!booted) return 'incomplete';
  return checks.every(({ status }) => status === 'ok') ? 'pass' : 'warn';
}
