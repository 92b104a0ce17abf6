import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addRow, createDatabase } from '../test/support/openclaw-schema.ts';
import { addEvents, HISTORY } from './events.ts';
import { Source } from './prose.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Change it when what is made below changes, so that nobody measures an old state. */
export const VERSION = 5;

/** A file of about 10 kB among many, whose restore is to cost little. */
export const ONE_FILE = 'workspace/notes/77/0777.md';

/** An agent's database: its transcripts. */
export const DATABASE = 'agents/main/agent/openclaw-agent.sqlite';

export type CorpusName = keyof typeof CORPORA;

/** State directories of several kinds, each the same on every machine. */
const CORPORA = {
  /** As a busy installation has it: 41,000 files, 600 MB; a database, transcripts, notes and tools, media. */
  mixed: (state: string) => {
    const source = new Source('mixed');
    database(state, 180 * MiB, source);
    notes(state, { count: 40_000, most: 7 * KiB }, source);
    transcripts(state, 100, source);
    media(state, { count: 90, bytes: MiB }, source);
  },
  /** 165,000 entries, none of them large: what package trees and years of notes look like. */
  small: (state: string) => {
    const source = new Source('small');
    database(state, MiB, source);
    for (let directory = 0; directory < 15_000; directory++) {
      const path = `workspace/tools/${directory % 150}/package-${directory}`;
      mkdirSync(join(state, path), { recursive: true });
      for (let file = 0; file < 10; file++) put(join(state, path, `${file}.js`), source.prose(source.below(3 * KiB)));
    }
  },
  /** 4 GB, half of it in one database. */
  large: (state: string) => {
    const source = new Source('large');
    database(state, 2048 * MiB, source);
    notes(state, { count: 5_000, most: 20 * KiB }, source);
    transcripts(state, 450, source);
    media(state, { count: 25, bytes: 50 * MiB }, source);
  },
  /** Photographs and films alone: nothing to compress. */
  media: (state: string) => {
    const source = new Source('media');
    database(state, MiB, source);
    media(state, { count: 300, bytes: 1.5 * MiB }, source);
    media(state, { count: 3, bytes: 60 * MiB }, source);
  },
  /** A sixth of `mixed`, for `--quick`. */
  quick: (state: string) => {
    const source = new Source('quick');
    database(state, 30 * MiB, source);
    notes(state, { count: 7_000, most: 7 * KiB }, source);
    transcripts(state, 16, source);
    media(state, { count: 15, bytes: MiB }, source);
  },
} as const;

/** The state directory of a corpus; made once in the cache directory. */
export async function corpus(name: CorpusName, cacheDir: string): Promise<string> {
  const state = join(cacheDir, `${name}-${VERSION}`);
  if (existsSync(state)) return state;
  const unfinished = `${state}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  put(join(unfinished, 'openclaw.json'), '{ gateway: { port: 18789, auth: { mode: "token", token: "bench" } } }\n');
  control(unfinished);
  CORPORA[name](unfinished);
  await rename(unfinished, state);
  return state;
}

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function notes(state: string, { count, most }: { count: number; most: number }, source: Source): void {
  put(join(state, ONE_FILE), source.prose(10_000));
  for (let index = 0; index < count; index++) {
    const name = `${String(index % 100).padStart(2, '0')}/${String(index).padStart(4, '0')}.md`;
    if (name === '77/0777.md') continue;
    put(join(state, 'workspace/notes', name), source.prose(300 + source.below(most)));
  }
}

function transcripts(state: string, count: number, source: Source): void {
  for (let index = 0; index < count; index++) {
    let text = '';
    while (text.length < MiB) text += `${source.event(1200)}\n`;
    put(join(state, 'agents/main/sessions', `session-${index}.jsonl`), text);
  }
}

function media(state: string, { count, bytes }: { count: number; bytes: number }, source: Source): void {
  for (let index = 0; index < count; index++) {
    const size = Math.floor(bytes / 2) + source.below(bytes);
    put(join(state, 'media', `${count}-${index}.jpg`), source.noise(size));
  }
}

/** The control database, which knows of the agent's. */
function control(state: string): void {
  using database = createDatabase(join(state, 'state/openclaw.sqlite'), 'state');
  addRow(database, 'agent_databases', { agent_id: 'main', path: DATABASE, schema_version: 23 });
}

/** As OpenClaw keeps its databases. */
function database(state: string, bytes: number, source: Source): void {
  mkdirSync(dirname(join(state, DATABASE)), { recursive: true });
  using file = createDatabase(join(state, DATABASE), 'agent');
  file.exec('PRAGMA synchronous = OFF');
  addEvents(file, { ...HISTORY, until: { bytes } }, source);
}
