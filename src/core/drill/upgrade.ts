import { readdir } from 'node:fs/promises';
import type { Inventory } from '../openclaw/inventory.ts';
import { compareReleases } from '../openclaw/release.ts';
import type { Check, UpgradeReport } from './report.ts';

/** What a migration renames what it has read to. */
const SET_ASIDE = /\.migrated$|\.pre-startup-migration-.*\.bak$/;

/** What OpenClaw says of a migration that it is not content with. */
const COMPLAINT = /migrat|schema|legacy/i;
const TONE = /warn|error|fail|skip|could not|cannot|not migrated|lost|quarantin/i;
const MOST_WARNINGS = 12;

export interface Migration {
  readonly from: string | null;
  readonly to: string;
  readonly before: Inventory['schema'];
  readonly after: Inventory['schema'];
  /** The copy of the state directory, and the names of what was set aside in it before. */
  readonly stateDir: string;
  readonly asideBefore: readonly string[];
  readonly log: string;
}

/** What another release made of the state. */
export async function reportUpgrade(migration: Migration): Promise<UpgradeReport> {
  const { from, to, before, after, asideBefore, log } = migration;
  const agents = [...new Set([...Object.keys(before.agents), ...Object.keys(after.agents)])].sort();
  return {
    from,
    to,
    schema: [
      { database: 'state/openclaw.sqlite', before: before.state, after: after.state },
      ...agents.map((id) => ({
        database: `agents/${id}/agent/openclaw-agent.sqlite`,
        before: before.agents[id] ?? null,
        after: after.agents[id] ?? null,
      })),
    ],
    migrated: (await setAside(migration.stateDir)).filter((path) => !asideBefore.includes(path)),
    warnings: complaints(log),
  };
}

/** Paths, relative to the state directory, of what migrations have set aside. */
export async function setAside(stateDir: string): Promise<string[]> {
  const names = await readdir(stateDir, { recursive: true }).catch(() => []);
  return names.filter((name) => SET_ASIDE.test(name)).sort();
}

export function checkUpgrade({ from, to, schema, migrated, warnings }: UpgradeReport): Check {
  const about = { id: 'migration', title: `openclaw ${to} takes over a state of ${from ?? 'an unknown release'}` };
  const changed = schema.filter(({ before, after }) => before !== after);
  const versions = changed.map(
    ({ database, before, after }) => `${database} schema ${before ?? 'none'} → ${after ?? 'none'}`,
  );
  const evidence = [
    ...(versions.length > 0 ? versions : ['no database changed its schema']),
    `${migrated.length} files set aside`,
    ...warnings.map((warning) => `it said: ${warning}`),
  ].join('; ');
  const fell = changed.filter(({ before, after }) => before !== null && (after === null || after < before));
  if (fell.length === 0 && warnings.length === 0) return { ...about, status: 'ok', evidence };
  const fix = 'read what it said; keep the snapshot and the old release at hand until all is well';
  return { ...about, status: fell.length > 0 ? 'fail' : 'warn', evidence, fix };
}

/** Why a release does not start on a state that a newer one wrote; null if it is for another reason. */
export function refusedDowngrade(lastWords: string, captured: string | null): string | null {
  const [, release] = /^openclaw (\S+): /.exec(lastWords) ?? [];
  if (release === undefined || captured === null || compareReleases(release, captured) >= 0) return null;
  return `openclaw ${release} is older than ${captured}, which wrote this state, and does not start on it`;
}

function complaints(log: string): string[] {
  const lines = log.split('\n').map((line) => line.trim());
  const found = lines.filter((line) => COMPLAINT.test(line) && TONE.test(line));
  return [...new Set(found)].slice(0, MOST_WARNINGS);
}
