import type { DerivedFile, Entry, Listed } from './manifest.ts';

/** The script in the tar of a differential snapshot. */
export const APPLY_PATH = 'clawback/apply.sh';

/** Where in the tar the changed blocks of one file stand. */
export function blocksPath(number: number): string {
  return `clawback/blocks/${number}`;
}

export interface ApplyRequest {
  /** Id of the full snapshot. */
  readonly base: string;
  readonly listed: readonly Listed[];
  /** Where in the tar the changed blocks of a file stand, by its path. */
  readonly blocks: ReadonlyMap<string, string>;
}

/**
 * A POSIX shell script that makes the tree of a differential snapshot from that of its base, with what every system has. Files
 * that are made of others are made first, while those are still as they were; then goes what is in the way.
 */
export function applyScript({ base, listed, blocks }: ApplyRequest): string {
  const derived = listed.filter(isDerived);
  const changed = derived.filter(({ path, from }) => path === from);
  const moved = derived.filter(({ path, from }) => path !== from);
  const stays = new Set(changed.map(({ path }) => path));
  return [
    preamble(base),
    ...moved.map(({ from }, number) => `take ${quoted(from)} ${number}`),
    ...listed.flatMap(({ type, path }) => {
      if (type === 'directory') return [`room ${quoted(path)}`];
      return stays.has(path) ? [] : [`gone ${quoted(path)}`];
    }),
    'fill',
    ...moved.map(({ path }, number) => `put ${number} ${quoted(path)}`),
    ...derived.flatMap((entry) => patch(entry, blocks.get(entry.path))),
    ...derived.flatMap((entry) => [dress(entry), `check ${entry.sha256} ${quoted(entry.path)}`]),
    // The deepest first: giving a directory its mode may close it.
    ...listed.filter(isDirectory).toReversed().map(dress),
    'finish',
    '',
  ].join('\n');
}

function preamble(base: string): string {
  return `#!/bin/sh
# Makes this snapshot of the full one that it was made against, ${base}:
#
#   mkdir snapshot changes
#   age -d -i IDENTITY ${base}.full.tar.zst.age | zstd -d | tar -x -p -C snapshot
#   age -d -i IDENTITY THIS_ONE.tar.zst.age | zstd -d | tar -x -p -C changes
#   sh changes/clawback/apply.sh snapshot
set -eu
changes=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
cd -- "\${1:?the directory with the full snapshot}"
mkdir clawback-new
take() { dd if="$1" of="clawback-new/$2" bs=1048576 2>/dev/null; }
room() { if [ -h "$1" ] || [ ! -d "$1" ]; then rm -f -- "$1"; fi; }
gone() { rm -r -f -- "$1"; }
fill() {
  rm -r clawback
  (cd -- "$changes" && set -- clawback && if [ -d payload ]; then set -- "$@" payload; fi && tar -c -f - "$@") | tar -x -p -f -
}
put() { mv -- "clawback-new/$1" "$2"; }
patch() {
  file=$1 bytes=$2 blocks=$3 size=$4 at=0
  shift 4
  while [ $# -gt 0 ]; do
    dd if="$blocks" of="$file" bs="$size" skip="$at" seek="$1" count="$2" conv=notrunc 2>/dev/null
    at=$((at + $2))
    shift 2
  done
  dd if=/dev/null of="$file" bs=1 seek="$bytes" 2>/dev/null
}
dress() {
  if [ "$(id -u)" -eq 0 ]; then chown "$2:$3" "$5"; fi
  chmod "$1" "$5"
  touch -d "$4" "$5"
}
check() {
  if command -v sha256sum >/dev/null; then
    case $(sha256sum <"$2") in "$1 "*) ;; *) echo "$2 is not what was captured" >&2; exit 1 ;; esac
  fi
}
finish() { rmdir clawback-new; }
`;
}

function patch({ path, size, blocks }: DerivedFile, stored: string | undefined): string[] {
  if (blocks === undefined || stored === undefined) return [];
  const runs = blocks.runs.map(([start, count]) => `${start} ${count}`).join(' ');
  return [`patch ${quoted(path)} ${size} ${stored} ${blocks.size} ${runs}`];
}

function dress({ path, mode, uid, gid, mtime }: Entry): string {
  const time = new Date(mtime).toISOString().replace(/\.\d+/, '');
  return `dress ${mode.toString(8).padStart(4, '0')} ${uid} ${gid} ${time} ${quoted(path)}`;
}

function quoted(path: string): string {
  return `'payload/${path.replaceAll("'", `'\\''`)}'`;
}

function isDerived(entry: Listed): entry is DerivedFile {
  return entry.type === 'file' && 'from' in entry;
}

function isDirectory(entry: Listed): entry is Entry {
  return entry.type === 'directory';
}
