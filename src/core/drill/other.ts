import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import { copyDatabase } from '../capture/database.ts';
import { type Pairings, readPairings } from '../openclaw/pairing.ts';
import type { Comparison } from './report.ts';

/** Another life of the installation that was captured. */
export type Other = Comparison;

/**
 * Who may connect as another state directory has it, which may be in use: its database is copied as a backup does, and nothing
 * is written to it.
 *
 * @param scratch private directory for the copy
 * @returns null without one, or if it is not the same installation, as after a set-up from nothing
 * @throws ClawbackError `STATE` if a person named one that is no other life of this installation
 */
export async function compareWith(
  other: Other | undefined,
  restored: Pairings,
  scratch: string,
): Promise<(Other & { readonly pairings: Pairings }) | null> {
  if (other === undefined) return null;
  const pairings = await readOther(other.stateDir, join(scratch, 'other'));
  if (pairings !== null && isSame(pairings, restored)) return { ...other, pairings };
  if (other.kind !== 'given') return null;
  throw new ClawbackError('STATE', `${other.stateDir} is not the installation that the snapshot was taken from`, {
    hint: 'name a later state of the same installation, or leave --against out',
  });
}

/** The host's own key tells; where neither has one, a device that both know. */
function isSame(now: Pairings, then: Pairings): boolean {
  if (now.hostIdentity !== null || then.hostIdentity !== null) return now.hostIdentity === then.hostIdentity;
  const ids = new Set(then.paired.map(({ device }) => device.deviceId));
  return now.paired.some(({ device }) => ids.has(device.deviceId));
}

async function readOther(stateDir: string, scratch: string): Promise<Pairings | null> {
  const source = join(stateDir, 'state', 'openclaw.sqlite');
  const copy = join(scratch, 'openclaw.sqlite');
  try {
    await mkdir(scratch, { recursive: true, mode: 0o700 });
    if (existsSync(source)) await copyDatabase(source, copy);
  } catch {
    return null;
  }
  return readPairings({ stateDir, config: {}, database: () => (existsSync(copy) ? copy : null) });
}
