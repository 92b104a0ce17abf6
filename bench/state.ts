import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const MiB = 1024 * 1024;

/** Change it when what is made below changes, so that nobody measures an old state. */
const VERSION = 3;

/** A small file among many, whose `cat` is to cost little. */
export const SMALL_FILE = 'workspace/notes/77/0777.md';

/**
 * About 1 GiB as a busy installation has it: a database of text, many small files, media that do not compress, a few
 * large files, transcripts. Made once in the cache directory.
 */
export async function mixedState(cacheDir: string): Promise<string> {
  const state = join(cacheDir, `state-${VERSION}`);
  if (existsSync(state)) return state;
  const unfinished = `${state}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await put(
    join(unfinished, 'openclaw.json'),
    '{ gateway: { port: 18789, auth: { mode: "token", token: "bench" } } }\n',
  );
  await makeDatabase(join(unfinished, 'agents/main/agent/openclaw-agent.sqlite'), 300 * MiB);
  for (let index = 0; index < 20_000; index++) {
    const name = `${String(index % 100).padStart(2, '0')}/${String(index).padStart(4, '0')}.md`;
    await put(join(unfinished, 'workspace/notes', name), text(500 + ((index * 37) % 7000)));
  }
  for (let index = 0; index < 100; index++) {
    await put(join(unfinished, 'media', `${index}.jpg`), randomBytes(MiB + ((index * 31) % 100) * 31_000));
  }
  for (let index = 0; index < 3; index++)
    await put(join(unfinished, 'media', `film-${index}.mp4`), randomBytes(50 * MiB));
  for (let index = 0; index < 120; index++) {
    await put(join(unfinished, 'agents/main/sessions', `session-${index}.jsonl`), transcript(2 * MiB));
  }
  await rename(unfinished, state);
  return state;
}

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** In WAL mode, as OpenClaw keeps its databases. */
async function makeDatabase(path: string, bytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  using database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE transcript_events (id INTEGER PRIMARY KEY, event_json TEXT)');
  const insert = database.prepare('INSERT INTO transcript_events (event_json) VALUES (?)');
  database.exec('BEGIN');
  for (let written = 0; written < bytes; written += 4000) insert.run(message(4000));
  database.exec('COMMIT');
}

function transcript(bytes: number): string {
  let written = '';
  while (written.length < bytes) written += `${message(1200)}\n`;
  return written;
}

/** One event as OpenClaw writes it, with this much text. */
function message(bytes: number): string {
  const content = [{ type: 'text', text: text(bytes) }];
  return JSON.stringify({ type: 'message', id: crypto.randomUUID(), message: { role: 'assistant', content } });
}

const WORDS = Array.from({ length: 4000 }, () => randomBytes(2 + Math.floor(Math.random() * 4)).toString('base64url'));

/** Words of a made-up language, common ones more often: zstd makes a third of it, as of real prose. */
function text(bytes: number): string {
  let written = '';
  while (written.length < bytes) {
    const word = WORDS[Math.floor(Math.random() ** 3 * WORDS.length)] ?? '';
    written += Math.random() < 0.06 ? `${word}.\n` : `${word} `;
  }
  return written.slice(0, bytes);
}
