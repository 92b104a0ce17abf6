import { join } from 'node:path';
import type { Machine } from '../../../ports/machine.ts';
import { stringAt } from '../../openclaw/config-value.ts';
import { jsonOrNull } from '../../openclaw/json.ts';
import { isRecord } from '../../openclaw/config-value.ts';
import { expandPath } from '../../openclaw/paths.ts';
import { openClawProcesses } from '../../openclaw/running.ts';
import { CAUSES, type CauseId } from '../causes.ts';
import type { Installation } from './installation.ts';
import type { ServiceSeen } from './service.ts';

/** What a log says of the last start. */
export interface LogSeen {
  /** Where it was read. */
  readonly source: string;
  /** What stopped the last start, with the line that says so; without secrets. */
  readonly causes: readonly { readonly id: CauseId; readonly line: string }[];
  /** When the last start was ready; null if the log does not say. Milliseconds since 1970. */
  readonly readyAt: number | null;
}

interface LogText {
  readonly source: string;
  readonly text: string;
}

interface Line {
  readonly text: string;
  /** Milliseconds since 1970; null if the line does not say. */
  readonly at: number | null;
}

const TAIL = 256 * 1024;
const LONGEST = 240;

/**
 * The first log that can be attributed to this installation: the one that is named, the one that its config names, its service's
 * own, what it left in its state directory; and OpenClaw's log in `/tmp`, which all Gateways of a host write into, only if no other
 * one runs.
 */
export async function lookAtLog(
  {
    installation,
    service,
    named,
  }: { installation: Installation; service: ServiceSeen | null; named: string | undefined },
  machine: Machine,
): Promise<LogSeen | null> {
  const log = await findLog(installation, { service, named, machine });
  if (log === null) return null;
  const secrets = Object.values(installation.environment.values);
  return readLog(log, secrets, installation.gateway?.startedAt ?? null);
}

/** What the text says of the last start in it. */
export function readLog(log: LogText, secrets: readonly string[], startedAt: number | null): LogSeen {
  const lines = lastStart(log.text.split('\n').map(parseLine));
  const ready = lines.find(({ text, at }) => /\bready$/.test(text) && (startedAt === null || (at ?? 0) >= startedAt));
  const isReady = lines.some(({ text }) => /\[gateway\] ready$|^gateway ready$/.test(text));
  const causes = CAUSES.flatMap(({ id, pattern, afterReady }) => {
    const line = lines.findLast(({ text }) => pattern.test(text));
    if (line === undefined || (isReady && afterReady !== true)) return [];
    return [{ id, line: excerpt(mask(line.text, secrets), pattern) }];
  });
  return { source: log.source, causes, readyAt: isReady ? (ready?.at ?? null) : null };
}

async function findLog(
  { located, config, gateway }: Installation,
  { service, named, machine }: { service: ServiceSeen | null; named: string | undefined; machine: Machine },
): Promise<LogText | null> {
  const fromFile = async (path: string): Promise<LogText | null> => {
    const text = await machine.tail(path, TAIL);
    return text === null ? null : { source: path, text };
  };
  if (named !== undefined) return fromFile(named);
  const configured = stringAt(config.value, 'logging.file');
  if (configured !== null) {
    const own = await fromFile(`${gateway?.root ?? ''}${expandPath(configured, located.home)}`);
    if (own !== null) return own;
  }
  if (service?.log !== null && service?.log !== undefined) return { source: service.logSource, text: service.log };
  const bundle = gateway === null ? await newestBundle(located.stateDir, machine) : null;
  if (bundle !== null) return bundle;
  const others = (await openClawProcesses()).filter(({ pid }) => pid !== gateway?.pid);
  if (others.some(({ command }) => command.join(' ').includes('gateway'))) return null;
  const shared = `${gateway?.root ?? ''}/tmp/openclaw`;
  const newest = (await machine.list(shared)).filter((name) => /^openclaw-[\d-]+\.log$/.test(name)).at(-1);
  return newest === undefined || gateway === null ? null : fromFile(join(shared, newest));
}

/** A start that fails leaves a note of why in the state directory. */
async function newestBundle(stateDir: string, machine: Machine): Promise<LogText | null> {
  const directory = join(stateDir, 'logs', 'stability');
  const newest = (await machine.list(directory)).filter((name) => name.endsWith('startup_failed.json')).at(-1);
  const text = newest === undefined ? null : await machine.read(join(directory, newest));
  const bundle = jsonOrNull(text);
  const message = stringAt(bundle, 'error.message');
  return newest === undefined || message === null ? null : { source: join(directory, newest), text: message };
}

/** The log file holds JSON, the output of the process `time [part] text`. */
function parseLine(line: string): Line {
  const value = line.startsWith('{') ? jsonOrNull(line) : null;
  if (isRecord(value) && typeof value['message'] === 'string') {
    const at = Date.parse(String(value['time']));
    return { text: value['message'].trim(), at: Number.isNaN(at) ? null : at };
  }
  const [, time, text] = /^(?:\S+ \S+ \S+: )?(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))\s+(.*)$/.exec(line) ?? [];
  if (time === undefined || text === undefined) return { text: line.trim(), at: null };
  return { text: text.trim(), at: Date.parse(time) };
}

/** What was written before the last attempt to start is of no interest; some attempts end before they say that they began. */
function lastStart(lines: readonly Line[]): readonly Line[] {
  const began = lines.findLastIndex(({ text }) => text.endsWith('loading configuration…'));
  const before = lines.slice(0, Math.max(0, began));
  const previous = before.findLastIndex(({ text }) => text.includes('loading configuration…'));
  // Warnings about the config come just before that line; those of an earlier start do not count.
  const warnings = before.slice(previous + 1).filter(({ text }) => text.startsWith('[config] warnings'));
  return began < 0 ? lines : [...warnings.slice(-1), ...lines.slice(began)];
}

/** A long line says what matters somewhere in its middle. */
function excerpt(text: string, pattern: RegExp): string {
  const start = Math.max(0, text.search(pattern) - LONGEST / 2);
  const cut = text.slice(start, start + LONGEST);
  return `${start > 0 ? '…' : ''}${cut}${start + LONGEST < text.length ? '…' : ''}`;
}

function mask(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 6)
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
