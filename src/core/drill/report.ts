import type { Counts, TokenFacts } from '../archive/manifest.ts';

/** What a drill found: the answer of `clawback drill --json`. It holds no secret. */
export interface DrillReport {
  readonly snapshot: string;
  readonly verdict: Verdict;
  readonly checks: readonly Check[];
  readonly token: TokenReport;
  readonly devices: readonly DeviceReport[];
  readonly counts: { readonly expected: Counts; readonly found: Counts };
  /** `boot` is the time from start to ready, 0 if nothing was booted. */
  readonly seconds: { readonly restore: number; readonly boot: number; readonly total: number };
}

/** `incomplete`: OpenClaw could not be booted here, so that nothing is proven, whatever else is fine. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'incomplete';

export type Status = 'ok' | 'warn' | 'fail' | 'unknown';

export interface Check {
  /** Stable: `integrity`, `start`, `token`, `content`, `devices`, and `checklist-…`. */
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
  readonly mode: TokenFacts['mode'];
  readonly winner: string | null;
  /** Every place that could hold the secret. `matches` is null where the place gives none, or nothing is known to compare with. */
  readonly sources: readonly { readonly source: string; readonly present: boolean; readonly matches: boolean | null }[];
}

export interface DeviceReport {
  readonly deviceId: string;
  readonly name: string | null;
  readonly roles: readonly string[];
  readonly verdict: DeviceVerdict;
  readonly reason: string;
  readonly fix?: string;
}

/**
 * What a paired device will need after this restore. `enter-token`: the new shared secret, no approval. `approve-again`: an
 * operator's approval. `pair-again`: it must forget its device token and ask anew. `revoke-again`: it works, and should not.
 */
export type DeviceVerdict = 'keeps' | 'enter-token' | 'approve-again' | 'pair-again' | 'revoke-again' | 'unknown';

/** One failed check fails the drill; without a boot it can do no better than `incomplete`; what is not known is a remark. */
export function verdictOf(checks: readonly Check[], booted: boolean): Verdict {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  if (!booted) return 'incomplete';
  return checks.every(({ status }) => status === 'ok') ? 'pass' : 'warn';
}
