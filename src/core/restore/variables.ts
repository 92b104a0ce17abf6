import { join, relative } from 'node:path';
import { ENVIRONMENT_PATH } from '../archive/manifest.ts';
import type { Snapshot } from '../archive/snapshot.ts';
import { readConfig } from '../openclaw/config.ts';
import { decodeEnvironment } from '../openclaw/dotenv.ts';
import { isWithin, realPath } from '../openclaw/paths.ts';
import { writeEnvironment } from './environment.ts';
import { takeSecretFromEnvironment, type TokenPolicy } from './token.ts';

export interface Variables {
  /** Names of those that were written to the state `.env`, sorted. */
  readonly written: readonly string[];
  /** Every value that was sealed, as it is now. Secrets. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * Writes what came from outside the state directory when it was captured to its `.env`, and the secret that was chosen.
 *
 * @param places where each root is now, by name
 * @throws ClawbackError `CONFIG` if the secret comes from a place that a restore must not write to
 */
export async function writeVariables(
  snapshot: Snapshot,
  { token, places }: { readonly token: TokenPolicy; readonly places: ReadonlyMap<string, string> },
): Promise<Variables> {
  const state = places.get('state') ?? '';
  const values = await sealedVariables(snapshot);
  if (token.kind === 'keep')
    return { values, written: await writeEnvironment(state, { missing: values, replaced: {} }) };
  const { home, stateDir, configPath } = snapshot.manifest.installation;
  const path = places.get('config') ?? join(state, relative(stateDir, configPath));
  const config = await readConfig({ stateDir: state, configPath: path, home });
  // An include may be a file of this host, by its absolute path or through a link.
  const copies = [...places.values()].map(realPath);
  const files = config.files.filter((file) => copies.some((copy) => isWithin(realPath(file), copy)));
  const variable = await takeSecretFromEnvironment({ ...config, files });
  const replaced = { [variable]: token.secret };
  return { values: { ...values, ...replaced }, written: await writeEnvironment(state, { missing: values, replaced }) };
}

/** The values sealed in a snapshot, by name. Secrets. */
export async function sealedVariables(snapshot: Snapshot): Promise<Record<string, string>> {
  const sealed = await snapshot.attachment(ENVIRONMENT_PATH);
  return sealed === null ? {} : decodeEnvironment(sealed.toString('utf8'));
}
