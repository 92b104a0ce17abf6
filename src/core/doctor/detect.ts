import type { Machine } from '../../ports/machine.ts';
import type { Prober } from '../../ports/prober.ts';
import { parseMounts } from './mounts.ts';
import { type Confidence, type Evidence, type Platform, type Sign, STRATA } from './platform.ts';
import { PLATFORMS } from './platforms.ts';

/** Where to look for signs. */
export interface Traces {
  readonly machine: Machine;
  /** `process.platform`. */
  readonly system: string;
  /** The environment of the Gateway, or what stands for it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `/proc/<pid>/root` of a Gateway that sees other files than this process; else empty. */
  readonly root: string;
  /** The Gateway's process id, or `self`. */
  readonly process: string;
}

/** A platform that was recognised. */
export interface Sighting {
  readonly platform: Platform;
  readonly confidence: Confidence;
  /** What was seen, for a person: names of variables and files, never the value of a variable. */
  readonly seen: readonly string[];
}

/**
 * Every platform that shows, what a person deals with first: an app platform before the orchestrator that it runs on, a container
 * before its host. Never empty on Linux, macOS and Windows.
 */
export async function detect(traces: Traces): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  for (const platform of PLATFORMS) {
    const sighting = await sight(platform, traces);
    if (sighting !== null) sightings.push(sighting);
  }
  return sightings.toSorted((a, b) => STRATA.indexOf(a.platform.stratum) - STRATA.indexOf(b.platform.stratum));
}

/** Asks the metadata services, which only a machine in their cloud reaches, and puts first what answered. */
export async function askMetadata(sightings: readonly Sighting[], prober: Prober): Promise<Sighting[]> {
  const answers = await Promise.all(PLATFORMS.map((platform) => metadataOf(platform, prober)));
  const found = answers.filter((answer) => answer !== null);
  const outer = sightings.filter(({ platform }) => platform.stratum !== 'machine');
  const inner = sightings.filter(({ platform }) => platform.stratum === 'machine');
  const confirmed = found.map((answer): Sighting => {
    const before = inner.find(({ platform }) => platform === answer.platform);
    return { ...answer, seen: [...(before?.seen ?? []), ...answer.seen] };
  });
  return [
    ...outer,
    ...confirmed,
    ...inner.filter(({ platform }) => !found.some((other) => other.platform === platform)),
  ];
}

async function sight(platform: Platform, traces: Traces): Promise<Sighting | null> {
  for (const evidence of platform.evidence) {
    const seen = await seenOf(evidence, traces);
    if (seen !== null) return { platform, confidence: evidence.confidence, seen };
  }
  return null;
}

/** What was seen of evidence; null if a sign of it is missing. */
export async function seenOf({ signs }: Evidence, traces: Traces): Promise<string[] | null> {
  const seen: string[] = [];
  for (const sign of signs) {
    const said = await look(sign, traces);
    if (said === null) return null;
    if (said !== '') seen.push(said);
  }
  return seen;
}

/** What to tell a person of a sign that is there, which of an absence is nothing; null if it is not. */
async function look(sign: Sign, traces: Traces): Promise<string | null> {
  if ('not' in sign) return (await look(sign.not, traces)) === null ? '' : null;
  if ('system' in sign) return traces.system === sign.system ? `the system is ${sign.system}` : null;
  if ('variable' in sign) {
    const value = traces.env[sign.variable] ?? '';
    if (value === '' || sign.is?.test(value) === false) return null;
    return `variable ${sign.variable}`;
  }
  if ('mount' in sign) {
    const mounts = parseMounts((await traces.machine.read(`/proc/${traces.process}/mountinfo`)) ?? '');
    const found = mounts.find((mount) =>
      sign.mount.test(`${mount.type} ${mount.source} ${mount.root} ${mount.mountPoint}`),
    );
    return found === undefined ? null : `mount ${found.mountPoint} (${found.type} of ${found.source})`;
  }
  const text = await traces.machine.read(placeOf(sign.file, traces));
  if (text === null) return null;
  if (sign.is === undefined) return `file ${sign.file}`;
  const line = text.split('\n').find((part) => sign.is?.test(part.trim()) === true);
  return line === undefined ? null : `${sign.file} says ${line.trim().slice(0, 60)}`;
}

/** The kernel's own files are about this process or about all; others are the Gateway's. */
function placeOf(file: string, { root, process }: Traces): string {
  if (file.startsWith('/proc/self/')) return file.replace('self', process);
  return file.startsWith('/proc/') || file.startsWith('/sys/') ? file : root + file;
}

async function metadataOf(platform: Platform, prober: Prober): Promise<Sighting | null> {
  if (platform.metadata === undefined) return null;
  const { url, method, headers, is } = platform.metadata;
  const answer = await prober.get(url, {
    patience: 1000,
    ...(method === undefined ? {} : { method }),
    ...(headers === undefined ? {} : { headers }),
  });
  if (answer.status !== 200 || !is.test(answer.body.trim())) return null;
  return { platform, confidence: 'certain', seen: [`metadata service ${new URL(url).host}`] };
}
