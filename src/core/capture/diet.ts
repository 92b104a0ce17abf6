import { matchesGlob } from 'node:path';
import { dirname } from 'node:path/posix';
import type { Root } from '../archive/manifest.ts';
import { leftOut, type Met } from '../openclaw/diet.ts';
import { realPath } from '../openclaw/paths.ts';

/** What a snapshot leaves out: what OpenClaw rebuilds, Clawback's own places, and what the config excludes. */
export interface Diet {
  /** The reason, or null if it is captured. A directory that is left out is not looked into. */
  leftOut(met: Met, source: string): string | null;
}

export interface DietOptions {
  /** Glob patterns relative to the state directory. */
  readonly exclude: readonly string[];
  /** The same, for what is captured although it would be left out by default. */
  readonly include: readonly string[];
  /** Clawback's own directories, absolute; they need not exist. */
  readonly own: readonly string[];
}

export function dietOf({ exclude, include, own }: DietOptions): Diet {
  const ownReal = new Set(own.map(realPath));
  const aboveOf = remembered(leftOutAbove);
  return {
    leftOut(met, source) {
      if (met.type === 'directory' && ownReal.has(realPath(source))) return "Clawback's own directory";
      if (met.root.kind === 'state' && met.relative !== '') {
        if (exclude.some((pattern) => matches(met, pattern))) return 'excluded by the config';
        if (include.some((pattern) => matches(met, pattern) || leadsTo(met, pattern))) return irreducible(met);
        // Beside what is included in a directory that is left out, the rest of it stays out.
        const above = aboveOf(met.root, dirname(met.relative));
        if (above !== null) return above;
      }
      return leftOut(met);
    },
  };
}

/** `logs/**` means the directory `logs` as well. */
function matches({ relative }: Met, pattern: string): boolean {
  return matchesGlob(relative, pattern) || (pattern.endsWith('/**') && matchesGlob(relative, pattern.slice(0, -3)));
}

/** A directory on the way to what a pattern names. */
function leadsTo({ relative, type }: Met, pattern: string): boolean {
  if (type !== 'directory') return false;
  const depth = relative.split('/').length;
  const start = pattern.split('/').slice(0, depth);
  return start.length === depth && (start.includes('**') || matchesGlob(relative, start.join('/')));
}

/** Sockets, pipes and devices cannot be archived, whatever the config includes. */
function irreducible(met: Met): string | null {
  return met.type === 'socket' || met.type === 'fifo' || met.type === 'device' ? leftOut(met) : null;
}

/** Why a directory, or one above it, is left out; null if none is. */
function leftOutAbove(root: Root, directory: string): string | null {
  const parts = directory.split('/');
  for (const index of parts.keys()) {
    const reason = leftOut({ root, relative: parts.slice(0, index + 1).join('/'), type: 'directory' });
    if (reason !== null) return reason;
  }
  return null;
}

/** Asks once for what lies in one directory, which is met one after the other. */
function remembered(ask: typeof leftOutAbove): typeof leftOutAbove {
  let last: { readonly root: Root; readonly directory: string; readonly answer: string | null } | null = null;
  return (root, directory) => {
    if (last?.root !== root || last.directory !== directory) last = { root, directory, answer: ask(root, directory) };
    return last.answer;
  };
}
