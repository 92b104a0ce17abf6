import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ClawbackError, systemCode } from '../ports/errors.ts';
import type { Origin } from './config/complain.ts';
import { type Config, type Schedule, USUAL_SCHEDULE } from './config/config.ts';
import { configuresItself, keysIn, overlay, variableAt, type Variables } from './config/environment.ts';
import type { ConfigInput } from './config/schema.ts';
import type { Source } from './config/source.ts';

export interface ConfigRequest {
  /** Absolute path of the config file. */
  readonly file: string;
  /** True if a person named the file, so that its absence is an error. */
  readonly named: boolean;
  readonly env: Variables;
  readonly home: string;
}

/**
 * Reads and checks the configuration: the file, then the environment's variables over it. Null if there is neither.
 *
 * @throws ClawbackError `CONFIG` naming the first wrong key with its line or variable.
 */
export async function loadConfig(request: ConfigRequest): Promise<Config | null> {
  const text = await readText(request);
  if (text === null && !configuresItself(request.env)) return null;
  // Imported here: the schema library is half of the start-up time, and a fresh host has no config.
  const [{ complaint }, { configSchema }, { parseSource }, { substitute }] = await Promise.all([
    import('./config/complain.ts'),
    import('./config/schema.ts'),
    import('./config/source.ts'),
    import('./config/substitute.ts'),
  ]);
  const source = text === null ? null : parseSource(text, request.file);
  const written = source === null ? {} : substitute(source, request.env, request.file);
  const schema = configSchema({ home: request.home, directory: dirname(request.file) });
  const result = schema.safeParse(overlay(written, request.env));
  if (!result.success) throw complaint(result.error, schema, originOf(source, request));
  return { ...withDefaults(result.data, { file: request.file, exists: source !== null }), given: keysIn(request.env) };
}

async function readText(request: ConfigRequest): Promise<string | null> {
  try {
    return await readFile(request.file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT' && !request.named) return null;
    throw new ClawbackError('CONFIG', `cannot read the config file ${request.file}`, {
      hint: systemCode(cause) === 'ENOENT' ? 'check the path, or make one with clawback init' : 'check who may read it',
      cause,
    });
  }
}

function originOf(source: Source | null, request: ConfigRequest): Origin {
  return (path, part) => {
    const variable = variableAt(path, request.env);
    if (variable !== undefined) return variable;
    if (source === null) return `no config file ${request.file}, and the environment`;
    return `${request.file}, line ${part === 'key' ? source.lineOfKey(path) : source.lineOf(path)}`;
  };
}

function withDefaults(
  input: ConfigInput,
  origin: { readonly file: string; readonly exists: boolean },
): Omit<Config, 'given'> {
  const { schedule, retention, full, hooks, metrics } = input;
  return {
    file: origin.exists ? origin.file : null,
    instance: input.instance,
    stateDir: input.stateDir ?? null,
    recipients: input.recipients,
    identity: input.identity ?? null,
    signingKey: input.signingKey ?? join(dirname(origin.file), 'signing-key.txt'),
    signers: input.signer ?? [],
    destinations: Object.entries(input.destinations).map(([name, url]) => ({ name, url })),
    exclude: input.exclude ?? [],
    include: input.include ?? [],
    environment: input.environment ?? 'sealed',
    schedule: scheduleOf(schedule ?? {}),
    retention: {
      last: retention?.last ?? null,
      hourly: retention?.hourly ?? null,
      daily: retention?.daily ?? null,
      weekly: retention?.weekly ?? null,
      monthly: retention?.monthly ?? null,
      yearly: retention?.yearly ?? null,
      within: {
        all: retention?.within ?? null,
        hourly: retention?.withinHourly ?? null,
        daily: retention?.withinDaily ?? null,
        weekly: retention?.withinWeekly ?? null,
        monthly: retention?.withinMonthly ?? null,
        yearly: retention?.withinYearly ?? null,
      },
      keepTags: retention?.keepTags ?? [],
      minKeep: retention?.minKeep ?? 3,
    },
    full: { every: full?.every ?? 7 * 86_400_000, whenDifferentialExceeds: full?.whenDifferentialExceeds ?? 0.5 },
    notify: Object.entries(input.notify ?? {}).map(([name, settings]) => ({ name, ...settings })),
    hooks: {
      beforeBackup: hooks?.beforeBackup ?? [],
      afterBackup: hooks?.afterBackup ?? [],
      beforeRestore: hooks?.beforeRestore ?? [],
      afterRestore: hooks?.afterRestore ?? [],
      timeout: hooks?.timeout ?? 5 * 60_000,
    },
    metrics: { textfile: metrics?.textfile ?? null, listen: metrics?.listen ?? null },
  };
}

/** A key that is missing has its usual value; one that is null is switched off. */
function scheduleOf(written: NonNullable<ConfigInput['schedule']>): Schedule {
  const given = Object.entries(written).filter(([, value]) => value !== undefined);
  return { ...USUAL_SCHEDULE, ...(Object.fromEntries(given) as Partial<Schedule>) };
}
