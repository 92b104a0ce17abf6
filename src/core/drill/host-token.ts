import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '../openclaw/config.ts';
import { decodeEnvironment } from '../openclaw/dotenv.ts';
import { environmentContract, serviceEnvironment } from '../openclaw/environment.ts';
import type { Host } from '../openclaw/host.ts';
import { type ResolvedToken, resolveToken } from '../openclaw/token.ts';
import { copyOf, type DrillSubject } from './subject.ts';

/** A place that gives the secret's variable to a Gateway. Holds the value in clear: never print it. */
export interface Supplier {
  readonly source: string;
  readonly secret: string | null;
  /** `service`: what a Gateway started on this host would be given. `shell`: this process alone, which may mean nothing. */
  readonly kind: 'service' | 'shell' | 'snapshot' | 'restored';
}

/** The variable that the secret comes from, or would if it stood in none of the other places. */
export function variableOf({ mode, winner }: ResolvedToken): string {
  const named = /(?:\$\{|secret env |environment )([A-Z_][A-Z0-9_]*)/.exec(winner ?? '')?.[1];
  return named ?? (mode === 'password' ? 'OPENCLAW_GATEWAY_PASSWORD' : 'OPENCLAW_GATEWAY_TOKEN');
}

/** Every place that gives the variable: on this host, in the order in which one wins over the next, then in the snapshot. */
export async function suppliers(resolved: ResolvedToken, subject: DrillSubject, host: Host): Promise<Supplier[]> {
  const { installation } = subject.manifest;
  const name = variableOf(resolved);
  const found: Supplier[] = [];
  const add = (kind: Supplier['kind'], label: string, values: Readonly<Record<string, string>>): void => {
    const secret = values[name] ?? '';
    if (secret !== '') found.push({ kind, source: `${label} ${name}`, secret });
  };
  const { service, shell, compose } = await serviceEnvironment(subject.installed ?? installation, host);
  for (const { label, values } of [...service, compose].filter((source) => source !== null))
    add('service', `this host: ${label}`, values);
  if (shell !== null) add('shell', `this host: ${shell.label}`, shell.values);
  add('snapshot', 'snapshot: sealed', subject.environment);
  const dotenv = await readFile(join(copyOf(subject, installation.stateDir) ?? '', '.env'), 'utf8').catch(() => '');
  add('snapshot', 'snapshot: state .env', decodeEnvironment(dotenv));
  if (subject.installed !== undefined) found.push(await restoredSecret(subject.installed, host));
  return found;
}

/** What a Gateway started on the restored installation itself would take, read where the restore put it. */
async function restoredSecret(installed: NonNullable<DrillSubject['installed']>, host: Host): Promise<Supplier> {
  const config = await readConfig(installed);
  const environment = await environmentContract(installed, config, host);
  const database = join(installed.stateDir, 'state', 'openclaw.sqlite');
  const { winner, secret } = await resolveToken({ located: installed, config, environment, database });
  return { kind: 'restored', source: `restored ${installed.stateDir}: ${winner ?? 'nothing'}`, secret };
}
