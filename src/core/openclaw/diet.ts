import type { Root } from '../archive/manifest.ts';

/** Something met while walking a root. */
export interface Met {
  readonly root: Root;
  /** Path below the root with `/`; empty for the root itself. */
  readonly relative: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'socket' | 'fifo' | 'device';
}

/**
 * Directories at the top of the state directory. The first six are `MANAGED_STATE_ROOTS` of OpenClaw's own
 * `backup create`: the records in the database say what to install there again.
 */
const STATE_DIRECTORIES: Readonly<Record<string, string>> = {
  dev: 'development checkouts, which openclaw doctor --fix fetches again',
  git: 'plugin checkouts, which openclaw doctor --fix fetches again',
  npm: 'installed packages, which openclaw doctor --fix installs again',
  'npm-runtime': 'installed packages, which openclaw doctor --fix installs again',
  tools: 'downloaded tools, which OpenClaw fetches again',
  tmp: 'temporary files and locks of the running process',
  cache: 'cache, which OpenClaw rebuilds',
  logs: 'logs',
  'plugin-skills': 'links into installed packages, which OpenClaw makes again',
};

/** The same, by pattern of the path below the state directory; each matches a whole tree. */
const STATE_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^browser\/[^/]+\/user-data\/Singleton(?:Cookie|Lock|Socket)$/, 'lock of a running browser'],
  [/^sandbox\/skills-workspaces$/, 'copies of skills for sandboxes, which OpenClaw makes again'],
  [/^telegram\/ingress-spool-[^/]*$/, 'messages in transit, which would be answered twice'],
  [/^agents\/[^/]+\/agent\/(?:[^/]+\/)*\.?tmp$/, 'temporary files of an agent'],
  [
    /^(?:extensions|skills|hooks)\/(?:.*\/)?node_modules$/,
    'installed packages, which openclaw doctor --fix installs again',
  ],
  [/^agents\/[^/]+\/sessions\/[^/]+\.lock$/, 'lock of the running process'],
];

const ANY_STATE_PATTERN = new RegExp(STATE_PATTERNS.map(([pattern]) => pattern.source).join('|'));

/** Names of files that a running process leaves. */
const PROCESS_FILES: readonly (readonly [RegExp, string])[] = [
  [/.\.pid$/i, 'process id of a running process'],
  [/.\.sock$/i, 'socket of a running process'],
  [/.\.tmp(?:\.[^/]*)?$/i, 'half-written file'],
  [/.\.lock$/i, 'lock of a running process'],
  // OpenClaw's locks are SQLite databases that hold nothing (`SQLITE_MEMORY_TRANSIENT_PATH_PATTERN`).
  [/\.lock\.sqlite(?:-wal|-shm|-journal)?$/i, 'lock of a running process'],
  [
    /\.sqlite\.(?:generation-(?:lock|writer)|reindex-lock)\.sqlite(?:-wal|-shm|-journal)?$/i,
    'lock of a running process',
  ],
  [/\.sqlite\.(?:backup|memory-reindex|tmp)-[0-9a-f-]{36}(?:-wal|-shm|-journal)?$/i, 'half-written database'],
];

/**
 * Where those names mean what they say: the top of the state directory and the trees that only OpenClaw writes. Anywhere
 * else (a workspace of any name, `skills/`, `extensions/`) `poetry.lock` or `notes.tmp` is a person's own file.
 */
const OWN_FILES = /^(?:[^/]+|(?:state|agents|browser|cron|devices|gateway|identity|nodes|sessions|telegram)\/.*)$/;

/**
 * Why OpenClaw makes this again by itself, or must not carry it to another process; null if it is captured. What is said
 * of a directory holds for all that is in it, so it need not be walked.
 *
 * Rules on names hold for the state directory only. In a workspace `logs/`, `dev/` or `x.lock` are a user's own work, so
 * there only what no archive can hold is left out; even `node_modules` stays, as an agent may have patched it and
 * nothing promises that it can be installed again. SQLite's companions (`-wal`, `-shm`) are the capture's business.
 */
export function leftOut(met: Met): string | null {
  const { root, relative, type } = met;
  if (type === 'socket') return 'socket of a running process';
  if (type === 'fifo') return 'named pipe of a running process';
  if (type === 'device') return 'device';
  const name = relative.slice(relative.lastIndexOf('/') + 1);
  if (name.startsWith('.clawback')) return "Clawback's own file";
  if (root.kind === 'state') return ofState(met, name);
  return root.kind === 'agent' && type !== 'directory' ? ofProcess(name) : null;
}

function ofState({ relative, type }: Met, name: string): string | null {
  // Asked of each of tens of thousands of files, most of which none of it concerns.
  if (name === relative && Object.hasOwn(STATE_DIRECTORIES, relative)) return STATE_DIRECTORIES[relative] ?? null;
  if (ANY_STATE_PATTERN.test(relative)) return STATE_PATTERNS.find(([pattern]) => pattern.test(relative))?.[1] ?? null;
  return type !== 'directory' && OWN_FILES.test(relative) ? ofProcess(name) : null;
}

function ofProcess(name: string): string | null {
  return PROCESS_FILES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
