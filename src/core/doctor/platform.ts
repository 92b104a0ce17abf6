/** One thing that is there to be seen on a host or in a container, without asking anybody. */
export type Sign =
  /** A variable in the environment of the Gateway, else of this process; of any value if `is` is left out. */
  | { readonly variable: string; readonly is?: RegExp }
  /** A file, as the Gateway sees it; with any content if `is` is left out. */
  | { readonly file: string; readonly is?: RegExp }
  /** A mount: `is` is tried on `type source root mountpoint` of each. */
  | { readonly mount: RegExp }
  /** `process.platform`. */
  | { readonly system: string }
  /** Something that must not be there. */
  | { readonly not: Sign };

/** All of the signs together are evidence; `weak` where no source says so for certain, and then only a guess is made of it. */
export interface Evidence {
  readonly signs: readonly Sign[];
  readonly confidence: Confidence;
}

export type Confidence = 'certain' | 'likely' | 'weak';

/**
 * Platforms lie in each other: an app platform runs an orchestrator, that a container, that a machine. What a person deals with is
 * the outermost name, `app`; the machine below it shows through in DMI alone.
 */
export const STRATA = ['app', 'orchestrator', 'container', 'machine'] as const;

export type Stratum = (typeof STRATA)[number];

/** What is asked of a metadata service, with `--online` only. Its answer is matched and never shown. */
export interface Metadata {
  readonly url: string;
  readonly method?: 'GET' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly is: RegExp;
}

/** A place that OpenClaw runs on: how it is recognised, and what it does to state, tokens and slow starts. One data file each. */
export interface Platform {
  /** As `--platform` takes it. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly stratum: Stratum;
  /** Any one of them is enough; the strongest first. Empty: only a person can say. */
  readonly evidence: readonly Evidence[];
  readonly metadata?: Metadata;
  readonly state: StateAdvice;
  readonly token: TokenAdvice;
  readonly probe: ProbeAdvice;
  readonly snapshots: SnapshotFacility;
  /** The mistake that people make here, in a sentence or two. */
  readonly trap: string;
  /** What of the above no source that was read says, a sentence each: to be told as a doubt, never as a fact. */
  readonly doubts?: readonly string[];
  /** What `clawback platform --write` writes; left out where there are notes alone. */
  readonly ready?: Ready;
  /** Where all of this was read; what was not opened ends in ` (unverified)`. */
  readonly sources: readonly string[];
}

export interface StateAdvice {
  /** Where the state directory should be, as the Gateway sees it: `/data/.openclaw`. */
  readonly directory: string;
  /** The mount point of the storage that lasts. */
  readonly mount: string;
  /** The variable that names the mount point of an attached volume, where the platform sets one. */
  readonly volumeVariable?: string;
  /**
   * What the root file system is worth: gone with the process (`memory`), with the container (`layer`), when the system is reset or
   * the machine replaced (`system-disk`), or with the disk alone (`disk`).
   */
  readonly root: 'memory' | 'layer' | 'system-disk' | 'disk';
  /** What loses state that is anywhere else. */
  readonly lostAt: string;
  readonly survives: string;
  /** What brings the state directory onto storage that lasts: commands, or what to click. */
  readonly mend: readonly string[];
}

export interface TokenAdvice {
  /** Where `OPENCLAW_GATEWAY_TOKEN` belongs. */
  readonly where: string;
  /** What sets it: commands, or what to click. Never holds a value. */
  readonly set: readonly string[];
}

export interface ProbeAdvice {
  /** Where the platform's own health check comes from; `inside` is the Gateway's own host or container. */
  readonly from: 'outside' | 'inside';
  /** What it takes for healthy, by default. */
  readonly signal: string;
  /** Seconds that a start may take by default; null where nothing ends a slow one. */
  readonly patience: number | null;
  /** The setting that gives a start this many seconds. */
  readonly lengthen: (seconds: number) => string;
}

export interface SnapshotFacility {
  /** What the platform itself offers, and its limits. */
  readonly what: string;
  readonly command: string | null;
}

/** Which files bring OpenClaw and Clawback up there, and what is particular to this platform in them. */
export type Ready =
  | { readonly kind: 'machine'; readonly fetchSecret: string | null }
  | { readonly kind: 'pod'; readonly storageClass: string | null }
  | { readonly kind: 'task'; readonly launchType: 'EC2' | 'FARGATE' }
  | { readonly kind: 'compose' | 'cloud-run' | 'zeabur' | 'unraid' };
