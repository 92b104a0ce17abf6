import { stat } from 'node:fs/promises';
import { systemCode } from '../../ports/errors.ts';
import type { Root } from '../archive/manifest.ts';
import type { OpenClawConfig } from './config.ts';
import type { Located } from './locate.ts';
import { isWithin, realPath } from './paths.ts';
import { type Pointed, pointedTo } from './pointed.ts';

/** What a snapshot captures, and what it would have captured but may not. */
export interface Roots {
  /** The state directory first; no root is inside another. */
  readonly roots: readonly Root[];
  /** Sentences for a person: what is left out although the installation points to it, and why. */
  readonly warnings: readonly string[];
}

interface Candidate extends Pointed {
  readonly type: Root['type'];
  /** The path with all links followed: two candidates are one place if these are equal. */
  readonly real: string;
}

/**
 * The state directory, and everything that the installation keeps elsewhere and that exists.
 *
 * A link in the state directory stays a link in the archive and its target becomes a root; a place outside is captured
 * under the path that the config names, whatever links lead there, since that is the path OpenClaw will ask for again.
 */
export async function rootsOf(located: Located, config: OpenClawConfig): Promise<Roots> {
  const state = realPath(located.stateDir);
  const home = realPath(located.home);
  const warnings: string[] = [];
  const fit: Candidate[] = [];
  for (const pointed of pointedTo(located, config)) {
    const candidate = await examine(pointed, located, warnings);
    if (candidate === null || isWithin(candidate.real, state)) continue;
    const reason = tooWide(candidate.real, { state, home });
    if (reason === null) fit.push(candidate);
    else warnings.push(`${candidate.kind} ${candidate.path} is not captured: ${reason}`);
  }
  const first: Root = { name: 'state', kind: 'state', path: located.stateDir, type: 'directory' };
  return { roots: [first, ...named(fit.filter((candidate) => !isCovered(candidate, fit)))], warnings };
}

async function examine(pointed: Pointed, located: Located, warnings: string[]): Promise<Candidate | null> {
  const real = realPath(pointed.path);
  const path = isWithin(pointed.path, located.stateDir) ? real : pointed.path;
  try {
    const stats = await stat(path);
    const type = stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : null;
    return type === null ? null : { kind: pointed.kind, path, type, real };
  } catch (error) {
    const code = systemCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') {
      warnings.push(`${pointed.kind} ${path} is not captured: it cannot be read (${code ?? 'unknown error'})`);
    }
    return null;
  }
}

/** A workspace that is the home would take in everything that the account owns, other backups included. */
function tooWide(real: string, place: { state: string; home: string }): string | null {
  if (real === '/') return 'it is the whole file system';
  if (isWithin(place.home, real)) return 'it is the home directory, or holds it';
  return isWithin(place.state, real) ? 'it holds the state directory' : null;
}

/** Within another candidate, or the same place as an earlier one. */
function isCovered(candidate: Candidate, all: readonly Candidate[]): boolean {
  return all.some(
    (other) =>
      (other.real !== candidate.real && isWithin(candidate.real, other.real)) ||
      (other.real === candidate.real && all.indexOf(other) < all.indexOf(candidate)),
  );
}

function named(candidates: readonly Candidate[]): Root[] {
  const counts = new Map<string, number>();
  return candidates.map(({ kind, path, type }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return { name: kind === 'config' ? kind : `${kind}-${count}`, kind, path, type };
  });
}
