import { spawnSync } from 'node:child_process';
import type { Arena } from './arena.ts';
import { ONE_FILE } from './corpora.ts';
import { clawback, type Command } from './run.ts';

/** One of the programs that are compared. Each keeps what it stores in a directory of the arena's home, named like it. */
export interface Contestant {
  readonly name: string;
  /** Commands without which it cannot run. */
  readonly needs: readonly string[];
  /** Runs no more often than this, since it takes long; default as often as the others. */
  readonly most?: number;
  /** True if it can tell what has not changed. */
  readonly remembers: boolean;
  /** Directory of what it stores, relative to the home. */
  readonly store: string;
  /** Makes an empty store. */
  readonly begin?: (arena: Arena) => Command;
  readonly backup: (arena: Arena) => Command;
  /** The first backup, where that is another command. */
  readonly first?: (arena: Arena) => Command;
  readonly verify?: (arena: Arena) => Command;
  /** Restores everything, or one small file, into the directory `into` of the home. */
  readonly restore?: (arena: Arena) => Command;
  readonly one?: (arena: Arena) => Command;
}

const OPEN = (file: string, filter: string): string => `age -d -i .config/clawback/identity.txt ${file} | ${filter}`;

function stock(name: string, [filter, open]: readonly [string, string]): Contestant {
  const file = `${name}/snapshot`;
  return {
    name: `tar, ${name}, age`,
    needs: ['tar', name, 'age'],
    remembers: false,
    store: name,
    backup: ({ state, recipient }) => ({
      line: `mkdir -p ${name} && tar -c -C '${state}' . | ${filter} | age -r ${recipient} -o ${file}`,
    }),
    verify: () => ({ line: `${OPEN(file, open)} | tar -t > /dev/null` }),
    restore: () => ({ line: `${OPEN(file, open)} | tar -x -p -C into` }),
    one: () => ({ line: `${OPEN(file, open)} | tar -x -C into ./${ONE_FILE}` }),
  };
}

const RESTIC = { RESTIC_REPOSITORY: 'restic', RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: 'restic-cache' };
const BORG = { BORG_REPO: 'borg', BORG_PASSPHRASE: 'bench', BORG_BASE_DIR: 'borg-base' };

/** @param openclaw entry point of OpenClaw's own command line, or null if it is not installed */
export function contestants(openclaw: string | null): readonly Contestant[] {
  return [
    {
      name: 'Clawback',
      needs: [],
      remembers: true,
      store: 'nas',
      backup: (arena) => ({ line: clawback('backup', arena) }),
      first: (arena) => ({ line: clawback('backup --full', arena) }),
      verify: (arena) => ({ line: clawback('verify latest', arena) }),
      restore: (arena) => ({ line: clawback('restore latest --target into --no-drill', arena) }),
      one: (arena) => ({ line: clawback(`restore latest --only state/${ONE_FILE} --target into`, arena) }),
    },
    stock('zstd', ['zstd -3 -T0 -q', 'zstd -d -q']),
    {
      name: 'restic',
      needs: ['restic'],
      remembers: true,
      store: 'restic',
      begin: () => ({ line: 'restic init -q', env: RESTIC }),
      backup: ({ state }) => ({ line: `restic backup -q '${state}'`, env: RESTIC }),
      verify: () => ({ line: 'restic check -q --read-data', env: RESTIC }),
      restore: () => ({ line: 'restic restore -q latest --target into', env: RESTIC }),
      one: ({ state }) => ({
        line: `restic restore -q latest --target into --include '${state}/${ONE_FILE}'`,
        env: RESTIC,
      }),
    },
    {
      name: 'borg',
      needs: ['borg'],
      most: 2,
      remembers: true,
      store: 'borg',
      begin: () => ({ line: 'borg init -e repokey-blake2', env: BORG }),
      backup: ({ state }) => ({ line: `borg create -C zstd,3 ::$(date +%s%N) '${state}'`, env: BORG }),
      verify: () => ({ line: 'borg check --verify-data', env: BORG }),
      restore: () => ({ line: `cd into && ${LATEST} && borg extract ::$name`, env: inside(BORG) }),
      one: ({ state }) => ({
        line: `cd into && ${LATEST} && borg extract ::$name '${state.slice(1)}/${ONE_FILE}'`,
        env: inside(BORG),
      }),
    },
    { ...stock('gzip', ['gzip', 'gzip -d']), most: 1 },
    openclawItself(openclaw),
  ];
}

/** Whether all that it needs is installed. */
export function isAble({ needs }: Contestant): boolean {
  return needs.every((tool) => spawnSync(tool, ['--version']).error === undefined);
}

/** OpenClaw's own archives: not encrypted, and without most transcripts. It writes into what it backs up, so it has a copy. */
function openclawItself(entry: string | null): Contestant {
  const state = 'openclaw-state';
  return {
    name: 'openclaw backup create',
    needs: entry === null ? ['an installed OpenClaw'] : [],
    remembers: false,
    most: 1,
    store: 'openclaw',
    begin: (arena) => ({ line: `rm -rf ${state} && cp -a '${arena.state}' ${state}` }),
    backup: ({ home }) => ({
      line: `'${process.execPath}' '${entry ?? ''}' backup create --output openclaw`,
      env: { OPENCLAW_STATE_DIR: `${home}/${state}`, OPENCLAW_CONFIG_PATH: `${home}/${state}/openclaw.json` },
    }),
  };
}

const LATEST = 'name=$(borg list --last 1 --short)';

/** The same from one directory further down. */
function inside(env: Readonly<Record<string, string>>): Record<string, string> {
  return { ...env, BORG_REPO: '../borg', BORG_BASE_DIR: '../borg-base' };
}
