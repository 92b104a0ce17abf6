import type { Confidence } from './platform.ts';

/** What a doctor found: the answer of `clawback doctor --json`. It holds no secret. */
export interface DoctorReport {
  readonly platform: PlatformReport;
  readonly facts: Readonly<Record<FactName, Fact>>;
  readonly layers: readonly LayerReport[];
  /** What is wrong first, in the order in which a person should act; then what is well. */
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

export interface PlatformReport {
  readonly name: string;
  readonly title: string;
  readonly confidence: Confidence | 'given';
  /** What it was recognised by. */
  readonly evidence: readonly string[];
  /** Everything that was recognised, this one first: what it runs on follows. */
  readonly stack: readonly {
    readonly name: string;
    readonly confidence: Confidence;
    readonly evidence: readonly string[];
  }[];
}

export type FactName = 'stateDir' | 'persistence' | 'tokenSource' | 'bind' | 'healthSignal';

/** One of the five facts to know before touching anything. */
export interface Fact {
  /** Null if it cannot be known. */
  readonly value: string | null;
  /** How it was found, or why not. */
  readonly found: string;
}

/** Bottom up; `facts` is the ground that they stand on. */
export const LAYERS = ['facts', 'process', 'port', 'bind', 'config', 'probe'] as const;

export type Layer = (typeof LAYERS)[number];

export interface LayerReport {
  readonly layer: Layer;
  readonly verdict: 'ok' | 'warn' | 'fail' | 'not-judged';
  /** Why it was not judged. */
  readonly reason?: string;
}

export type Severity = 'ok' | 'info' | 'warn' | 'fail';

export interface Finding {
  /** Stable; `docs/troubleshooting.md` has them. */
  readonly id: string;
  readonly layer: Layer;
  readonly severity: Severity;
  readonly title: string;
  /** What was seen, in one or more sentences. */
  readonly evidence: string;
  /** What mends it: commands, or instructions, in their order. */
  readonly fix?: readonly string[];
}

/** A fact as far as a judge knows it. */
export function known(value: string, found: string): Fact {
  return { value, found };
}

export function unknown(found: string): Fact {
  return { value: null, found };
}
