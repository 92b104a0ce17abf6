import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest, Root } from '../archive/manifest.ts';
import { readConfig, type OpenClawConfig } from '../openclaw/config.ts';
import type { PairedCanary } from '../keys/canary.ts';
import { isRecord } from '../openclaw/config-value.ts';
import { decodeEnvironment } from '../openclaw/dotenv.ts';
import { serviceEnvironment } from '../openclaw/environment.ts';
import type { Host } from '../openclaw/host.ts';
import type { StateView } from '../openclaw/inventory.ts';
import type { Located } from '../openclaw/locate.ts';
import { expandPath, isWithin } from '../openclaw/paths.ts';
import type { SecretPlaces } from '../openclaw/secret.ts';

/** A snapshot, restored to scratch, about which questions are asked. */
export interface DrillSubject {
  readonly manifest: Manifest;
  readonly snapshotId: string;
  /** The restored copies; what bound them to the old process (leases, queued deliveries) is removed already. */
  readonly roots: readonly { readonly root: Root; readonly copy: string }[];
  /** The sealed values by name. Secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** The secret that the restore chose instead of the snapshot's. */
  readonly chosen?: { readonly kind: 'adopt' | 'rotate'; readonly secret: string } | undefined;
  /** Where the snapshot has been restored to for good, if it has. */
  readonly installed?: Located | undefined;
  /** Clawback's own device, if one was paired when the snapshot was taken. */
  readonly canary?: PairedCanary | undefined;
  /** Links that lead out of what was captured. */
  readonly links?: readonly { readonly path: string; readonly target: string }[] | undefined;
  /** What the restore saw when it compared every hash. */
  readonly integrity: {
    readonly files: number;
    readonly bytes: number;
    readonly problems: readonly { readonly path?: string; readonly message: string }[];
  };
}

/** The restored installation in terms of what reads installations. */
export interface RestoredState {
  readonly view: StateView;
  /** Where its secrets are, for `resolveToken`. */
  readonly places: SecretPlaces;
  /** Every variable that it depends on and that has a value, for the Gateway to be booted with. Secrets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads the restored copies as if they stood where they were captured. */
export async function readRestored(subject: DrillSubject, host: Host): Promise<RestoredState> {
  const { installation } = subject.manifest;
  const stateDir = copyOf(subject, installation.stateDir) ?? '';
  const configPath = copyOf(subject, installation.configPath) ?? join(stateDir, 'openclaw.json');
  const located = { stateDir, configPath, home: installation.home };
  const config = await readConfig(located);
  const environment = await environmentOf(subject, { stateDir, host });
  const database = (path: string): string | null => {
    const copy = path.startsWith('/') ? copyOf(subject, path) : join(stateDir, path);
    return copy !== null && existsSync(copy) ? copy : null;
  };
  return {
    view: { stateDir, database, config: config.value },
    places: {
      located,
      config: inCopies(config, subject),
      environment: { variables: subject.manifest.environment, values: environment },
      database: database('state/openclaw.sqlite') ?? undefined,
    },
    environment,
  };
}

/** Where the copy of a captured path is; null if the path was not captured. */
export function copyOf(subject: DrillSubject, path: string): string | null {
  const holders = subject.roots.filter(({ root }) => isWithin(path, root.path));
  // Roots may lie within each other: the innermost holds it.
  const holder = holders.toSorted((a, b) => b.root.path.length - a.root.path.length)[0];
  return holder === undefined ? null : join(holder.copy, path.slice(holder.root.path.length));
}

/**
 * What a Gateway would be given if the snapshot were restored on this host: what its service sets here wins over the sealed
 * values, those over the captured `.env`, and that over the environment of this process.
 */
async function environmentOf(
  subject: DrillSubject,
  { stateDir, host }: { stateDir: string; host: Host },
): Promise<Record<string, string>> {
  const dotenv = await readFile(join(stateDir, '.env'), 'utf8').then(
    decodeEnvironment,
    (): Record<string, string> => ({}),
  );
  const here = await serviceEnvironment(subject.installed ?? subject.manifest.installation, host);
  const service = [...here.service, here.compose].map((source) => source?.values ?? {}).toReversed();
  const given: Readonly<Record<string, string>>[] = [here.shell?.values ?? {}, dotenv, subject.environment, ...service];
  const captured = new Map(given.flatMap((values) => Object.entries(values)));
  return Object.fromEntries(
    subject.manifest.environment.flatMap(({ name }) => {
      const value = captured.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** The config with paths of captured files replaced by their copies', so that no secret is read from this host's own files. */
function inCopies(config: OpenClawConfig, subject: DrillSubject): OpenClawConfig {
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string')
      return /^[~/]/.test(value) ? (copyOf(subject, pathOf(value, subject)) ?? value) : value;
    if (Array.isArray(value)) return value.map(replace);
    return isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]))
      : value;
  };
  return { ...config, value: replace(config.value) };
}

function pathOf(written: string, { manifest }: DrillSubject): string {
  return expandPath(written, manifest.installation.home);
}
