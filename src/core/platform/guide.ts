import type { Sighting } from '../doctor/detect.ts';
import type {
  Confidence,
  Platform,
  ProbeAdvice,
  SnapshotFacility,
  StateAdvice,
  TokenAdvice,
} from '../doctor/platform.ts';

/** What a platform's data file says, for people and for `--json`. */
export interface Guide {
  readonly name: string;
  readonly title: string;
  /** How it was recognised; null if a person named it. */
  readonly detected: { readonly confidence: Confidence; readonly evidence: readonly string[] } | null;
  readonly state: Pick<StateAdvice, 'directory' | 'lostAt' | 'survives' | 'mend'>;
  readonly token: TokenAdvice;
  readonly probe: Pick<ProbeAdvice, 'from' | 'signal'> & {
    /** Seconds; null where nothing ends a slow start. */
    readonly patience: number | null;
    /** The setting that gives a start {@link GENEROUS_START}. */
    readonly lengthen: string;
  };
  readonly snapshots: SnapshotFacility;
  readonly trap: string;
  readonly doubts: readonly string[];
  readonly sources: readonly string[];
}

/** Seconds: a restored state took up to 21 to be ready on two cores, and a small machine that migrates databases takes longer. */
export const GENEROUS_START = 300;

export function guideTo(platform: Platform, sighting: Sighting | null): Guide {
  const { name, title, state, token, probe, snapshots, trap, doubts = [], sources } = platform;
  const { directory, lostAt, survives, mend } = state;
  const { from, signal, patience } = probe;
  return {
    ...{ name, title },
    detected: sighting === null ? null : { confidence: sighting.confidence, evidence: sighting.seen },
    state: { directory, lostAt, survives, mend },
    token,
    probe: { from, signal, patience, lengthen: probe.lengthen(GENEROUS_START) },
    ...{ snapshots, trap, doubts, sources },
  };
}
