import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BootRequest } from '../../ports/gateway.ts';
import { agentEntries, textOf } from '../openclaw/config-value.ts';
import type { StateView } from '../openclaw/inventory.ts';
import { expandPath } from '../openclaw/paths.ts';
import { rehearsalConfig } from '../openclaw/rehearsal-config.ts';
import { emptySecrets } from '../openclaw/rehearsal-databases.ts';
import { settle } from '../openclaw/settle.ts';
import type { Startable } from './start.ts';
import { copyOf } from './subject.ts';

/** Of a state directory, what a rehearsal needs; everything that is not named here stays away from it. */
const NEEDED: readonly RegExp[] = [
  /^config-journal-fingerprint\.key$/,
  /^state\/openclaw\.sqlite$/,
  /^agents\/[^/]+\/agent\/openclaw-agent\.sqlite$/,
  /^agents\/[^/]+\/sessions\/(?:sessions\.json|[^/]+\.jsonl)$/,
  /^identity\/device\.json$/,
  /^(?:devices|nodes)\/(?:paired|pending)\.json$/,
  /^cron\/jobs\.json$/,
];

export interface Rehearsal {
  readonly request: Omit<BootRequest, 'scratch' | 'command'>;
  readonly view: StateView;
}

/**
 * Makes of the restored copies a state directory that OpenClaw may be started on outside of any namespace: at a path of its own,
 * which nothing in it leads out of, with a configuration that does nothing, and without any secret but the Gateway's own and the
 * devices' approvals. What is needed is moved out of the copies.
 *
 * @param directory does not exist yet
 */
export async function rehearse({ subject, state, token }: Startable, directory: string): Promise<Rehearsal> {
  const { installation } = subject.manifest;
  const stateDir = join(directory, '.openclaw');
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const copy = copyOf(subject, installation.stateDir) ?? '';
  for (const path of await readdir(copy, { recursive: true })) {
    if (NEEDED.some((pattern) => pattern.test(path))) await bring(join(copy, path), join(stateDir, path));
  }
  for (const { id, value } of agentEntries(state.view.config)) {
    const written = textOf(value['agentDir']);
    const agentDir = written === null ? null : copyOf(subject, expandPath(written, installation.home));
    const database = agentDir === null ? null : join(agentDir, 'openclaw-agent.sqlite');
    if (database !== null && existsSync(database))
      await bring(database, join(stateDir, 'agents', id, 'agent', 'openclaw-agent.sqlite'));
  }
  await emptySecrets(stateDir);
  await settle({ stateDir, moves: [{ from: installation.stateDir, to: stateDir }] });
  const configPath = join(stateDir, 'openclaw.json');
  const mode = token?.mode ?? 'token';
  const config = rehearsalConfig(state.view.config, { stateDir, mode });
  await writeFile(configPath, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });

  const name = `OPENCLAW_GATEWAY_${mode.toUpperCase()}`;
  const environment = token === null || mode === 'none' ? {} : { [name]: token.value };
  const database = (path: string): string | null => {
    // An agent from elsewhere has its place in the state directory now.
    const found = join(stateDir, path);
    return existsSync(found) ? found : null;
  };
  return {
    request: { muting: 'rehearsal', mounts: [], stateDir, home: directory, configPath, environment },
    view: { stateDir, database, config: state.view.config },
  };
}

async function bring(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  if (!existsSync(to)) await rename(from, to);
}
