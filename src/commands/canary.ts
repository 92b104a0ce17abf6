import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Canary, isPaired, type PairedCanary, parseCanary } from '../core/keys/canary.ts';
import { ClawbackError, systemCode } from '../ports/errors.ts';
import type { Context } from './context.ts';

/** Where Clawback's own device keeps its key: beside the config. */
export function canaryFile({ paths }: Context): string {
  return join(dirname(paths.configFile), 'canary.json');
}

/**
 * This instance's canary; null if it has none.
 *
 * @throws ClawbackError `CONFIG` if its file is none; `FAILED` if it cannot be read.
 */
export async function readCanary(context: Context): Promise<Canary | null> {
  const file = canaryFile(context);
  try {
    return parseCanary(await readFile(file, 'utf8'));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return null;
    if (cause instanceof ClawbackError) throw cause;
    throw new ClawbackError('FAILED', `cannot read the canary file ${file}`, { cause });
  }
}

/** The canary for a snapshot: null without one that is paired, and said on stderr if its file is of no use; no backup fails for it. */
export async function canaryToSeal(context: Context): Promise<PairedCanary | null> {
  try {
    const canary = await readCanary(context);
    return canary !== null && isPaired(canary) ? canary : null;
  } catch (error) {
    context.warn(
      `the snapshot is taken without the canary device: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  }
}
