import { readFile, writeFile } from 'node:fs/promises';
import { ClawbackError } from '../../ports/errors.ts';
import { stringAt, valueAt } from '../openclaw/config-value.ts';
import type { OpenClawConfig } from '../openclaw/config.ts';
import { referencedVariables, secretRef } from '../openclaw/references.ts';
import { rewriteStrings } from '../openclaw/rewrite-json5.ts';

/** Which shared secret the restored Gateway shall have. */
export type TokenPolicy =
  /** The snapshot's. */
  | { readonly kind: 'keep' }
  /** This host's, or a new one. */
  | { readonly kind: 'adopt' | 'rotate'; readonly secret: string };

/**
 * Makes a restored configuration take its shared secret from the environment, where it can be changed without an edit.
 *
 * @param config as read from the restored copy; `files` only those that may be written to
 * @returns the variable that has to hold the secret
 * @throws ClawbackError `CONFIG` if the secret comes from a place that a restore must not write to, or there is none
 */
export async function takeSecretFromEnvironment(config: OpenClawConfig): Promise<string> {
  const mode = stringAt(config.value, 'gateway.auth.mode') ?? 'token';
  if (mode !== 'token' && mode !== 'password') {
    throw new ClawbackError('CONFIG', `the Gateway has no shared secret: its auth mode is ${mode}`, {
      hint: 'restore with --token keep',
    });
  }
  const path = `gateway.auth.${mode}`;
  const written = valueAt(config.value, path);
  const usual = `OPENCLAW_GATEWAY_${mode.toUpperCase()}`;
  const ref = secretRef(written, config.value);
  if (ref?.source === 'env') return ref.id;
  if (ref !== null) {
    throw new ClawbackError('CONFIG', `the ${mode} comes from a secret ${ref.source} (${ref.id})`, {
      hint: 'restore with --token keep, and change it there',
    });
  }
  if (typeof written !== 'string') return usual;
  const [variable, another] = referencedVariables(written);
  if (variable !== undefined && another === undefined && written === `\${${variable}}`) return variable;
  // In an included file the keys above are not written: `auth.token` there may be `gateway.auth.token`.
  const isSecret = (value: string, at: string): boolean =>
    value === written && (at === path || path.endsWith(`.${at}`));
  let rewritten = 0;
  for (const file of config.files) {
    const text = await readFile(file, 'utf8');
    const changed = rewriteStrings(text, (value, at) => (isSecret(value, at) ? `\${${usual}}` : value));
    if (changed === text) continue;
    await writeFile(file, changed);
    rewritten++;
  }
  if (rewritten > 0) return usual;
  throw new ClawbackError('CONFIG', `the ${mode} stands in a file that is not part of the snapshot`, {
    hint: 'restore with --token keep, and change it there',
  });
}
