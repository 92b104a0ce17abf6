import { matchesGlob } from 'node:path';
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
  return {
    leftOut(met, source) {
      if (met.type === 'directory' && ownReal.has(realPath(source))) return "Clawback's own directory";
      if (met.root.kind === 'state' && met.relative !== '') {
        if (exclude.some((pattern) => matches(met, pattern))) return 'excluded by the config';
        if (include.some((pattern) => matches(met, pattern) || leadsTo(met, pattern))) return irreducible(met);
        // Beside what is included in a directory that is left out, the rest of it stays out.
        const outer = parents(met.relative).find(
          (relative) => leftOut({ ...met, relative, type: 'directory' }) !== null,
        );
        if (outer !== undefined) return leftOut({ ...met, relative: outer, type: 'directory' });
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

function parents(relative: string): string[] {
  const parts = relative.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
