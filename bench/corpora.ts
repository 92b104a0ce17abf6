import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addRow, createDatabase } from '../test/support/openclaw-schema.ts';
import { addEvents, HISTORY } from './events.ts';
import { Source } from './prose.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** Change it when what is made below changes, so that nobody measures an old state. */
const VERSION = 5;

/** A file of about 10 kB among many, whose restore is to cost little. */
export const ONE_FILE = 'workspace/notes/77/0777.md';

/** An agent's database: its transcripts. */
export const DATABASE = 'agents/main/agent/openclaw-agent.sqlite';

export type CorpusName = keyof typeof CORPORA;

/** State directories of several kinds, each the same on every machine. */
const CORPORA = {
  /** As a busy installation has it: 41,000 files, 600 MB; a database, transcripts, notes and tools, media. */
  mixed: async (state: string) => {
    const source = new Source('mixed');
    await database(state, 180 * MiB, source);
    await notes(state, { count: 40_000, most: 7 * KiB }, source);
    await transcripts(state, 100, source);
    await media(state, { count: 90, bytes: MiB }, source);
  },
  /** 165,000 entries, none of them large: what package trees and years of notes look like. */
  small: async (state: string) => {
    const source = new Source('small');
    await database(state, MiB, source);
    for (let directory = 0; directory < 15_000; directory++) {
      const path = `workspace/tools/${directory % 150}/package-${directory}`;
      await mkdir(join(state, path), { recursive: true });
      for (let file = 0; file < 10; file++)
        await put(join(state, path, `${file}.js`), source.prose(source.below(3 * KiB)));
    }
  },
  /** 4 GB, half of it in one database. */
  large: async (state: string) => {
    const source = new Source('large');
    await database(state, 2048 * MiB, source);
    await notes(state, { count: 5_000, most: 20 * KiB }, source);
    await transcripts(state, 450, source);
    await media(state, { count: 20, bytes: 50 * MiB }, source);
  },
  /** Photographs and films alone: nothing to compress. */
  media: async (state: string) => {
    const source = new Source('media');
    await database(state, MiB, source);
    await media(state, { count: 300, bytes: 1.5 * MiB }, source);
    await media(state, { count: 3, bytes: 60 * MiB }, source);
  },
  /** A sixth of `mixed`, for `--quick`. */
  quick: async (state: string) => {
    const source = new Source('quick');
    await database(state, 30 * MiB, source);
    await notes(state, { count: 7_000, most: 7 * KiB }, source);
    await transcripts(state, 16, source);
    await media(state, { count: 15, bytes: MiB }, source);
  },
} as const;

/** The state directory of a corpus; made once in the cache directory. */
export async function corpus(name: CorpusName, cacheDir: string): Promise<string> {
  const state = join(cacheDir, `${name}-${VERSION}`);
  if (existsSync(state)) return state;
  const unfinished = `${state}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await put(
    join(unfinished, 'openclaw.json'),
    '{ gateway: { port: 18789, auth: { mode: "token", token: "bench" } } }\n',
  );
  control(unfinished);
  await CORPORA[name](unfinished);
  await rename(unfinished, state);
  return state;
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function notes(state: string, { count, most }: { count: number; most: number }, source: Source): Promise<void> {
  await put(join(state, ONE_FILE), source.prose(10_000));
  for (let index = 0; index < count; index++) {
    const name = `${String(index % 100).padStart(2, '0')}/${String(index).padStart(4, '0')}.md`;
    if (name === '77/0777.md') continue;
    await put(join(state, 'workspace/notes', name), source.prose(300 + source.below(most)));
  }
}

async function transcripts(state: string, count: number, source: Source): Promise<void> {
  for (let index = 0; index < count; index++) {
    let text = '';
    while (text.length < MiB) text += `${source.event(1200)}\n`;
    await put(join(state, 'agents/main/sessions', `session-${index}.jsonl`), text);
  }
}

async function media(state: string, { count, bytes }: { count: number; bytes: number }, source: Source): Promise<void> {
  for (let index = 0; index < count; index++) {
    const size = Math.floor(bytes / 2) + source.below(bytes);
    await put(join(state, 'media', `${count}-${index}.jpg`), source.noise(size));
  }
}

/** The control database, which knows of the agent's. */
function control(state: string): void {
  using database = createDatabase(join(state, 'state/openclaw.sqlite'), 'state');
  addRow(database, 'agent_databases', { agent_id: 'main', path: DATABASE, schema_version: 23 });
}

/** As OpenClaw keeps its databases. */
async function database(state: string, bytes: number, source: Source): Promise<void> {
  await mkdir(dirname(join(state, DATABASE)), { recursive: true });
  using file = createDatabase(join(state, DATABASE), 'agent');
  file.exec('PRAGMA synchronous = OFF');
  addEvents(file, { ...HISTORY, until: { bytes } }, source);
}
