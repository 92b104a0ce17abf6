import type { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import { addRow } from '../test/support/openclaw-schema.ts';
import type { Source } from './prose.ts';

/** How messages come. */
export interface Talk {
  /** Add messages until the database has grown by this much, or by as many as this. */
  readonly until: { readonly bytes: number } | { readonly events: number };
  /** How many sessions talk, in turn. */
  readonly sessions: number;
  /** Most bytes of a message's text: long ones are documents and what tools print. */
  readonly longest: number;
  /** How many messages are committed at once. */
  readonly together: number;
}

/** What an agent has heard and said for years: long documents take most of it. Committed by ten, or it would take minutes to make. */
export const HISTORY = { sessions: 40, longest: 60_000, together: 10 };

/** What it hears and says in a day. */
export const DAY = { ...HISTORY, sessions: 8, together: 1 };

/** A busy hour of nothing but talk. On 2 GB 1,500 messages change 0.85 % of the pages, most of them of the full-text index. */
export const HOUR = { ...DAY, longest: 1000 };

/**
 * Appends messages to the transcripts of an agent's database as OpenClaw does while it talks: the event; its identity, by which
 * others find it, at random places of an index; its place in the conversation; and its words in the full-text index.
 */
export function addEvents(database: DatabaseSync, talk: Talk, source: Source): void {
  const heads = headsOf(database, talk.sessions, source);
  const insert = statements(database);
  const began = sizeOf(database);
  const isEnough = ({ until }: Talk, added: number): boolean =>
    'events' in until ? added >= until.events : added % talk.together === 0 && sizeOf(database) - began >= until.bytes;
  for (let index = 0; !isEnough(talk, index); index++) {
    if (index % talk.together === 0) database.exec('BEGIN');
    const head = heads[index % heads.length];
    if (head === undefined) throw new Error('there is no session to talk in');
    const { session } = head;
    const parent = head.event;
    const at = 1_700_000_000_000 + 1000 * index;
    const text = textOf(talk, source);
    head.event = source.uuid();
    head.seq += 1;
    insert.event.run(session, head.seq, at, ...messageOf(head.event, parent, text));
    insert.identity.run(session, head.event, head.seq, parent, at);
    insert.place.run(session, head.seq - 1, head.seq, head.seq - 1);
    const { lastInsertRowid } = insert.row.run(session, head.event);
    insert.words.run(lastInsertRowid, text, session, head.event, String(at));
    insert.state.run(session, head.seq, head.event, head.seq, head.seq, at);
    if (index % talk.together === talk.together - 1) database.exec('COMMIT');
  }
  if (database.isTransaction) database.exec('COMMIT');
}

/** Where a session's transcript ends. */
interface Head {
  readonly session: string;
  seq: number;
  event: string | null;
}

/** The sessions that talk, as they were left; made if there are none. */
function headsOf(database: DatabaseSync, count: number, source: Source): Head[] {
  const find = database.prepare(
    'SELECT session_id, indexed_seq, leaf_event_id FROM session_transcript_index_state ORDER BY session_id LIMIT ?',
  );
  const found = find.all(count).map(({ session_id, indexed_seq, leaf_event_id }) => ({
    session: String(session_id),
    seq: Number(indexed_seq),
    event: String(leaf_event_id),
  }));
  return found.length > 0 ? found : Array.from({ length: count }, () => begin(database, source.uuid()));
}

function begin(database: DatabaseSync, session: string): Head {
  const key = `agent:main:${session}`;
  const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
  const entry_json = JSON.stringify({ sessionId: session, updatedAt: times.updated_at, createdAt: times.created_at });
  addRow(database, 'session_nodes', { session_key: key, current_session_id: session, entry_json, ...times });
  addRow(database, 'session_windows', { session_id: session, session_key: key, ...times });
  return { session, seq: 0, event: null };
}

/** Most messages are short; the few long ones take most of the room. */
function textOf({ longest }: Talk, source: Source): string {
  const isShort = source.below(10) < 6;
  return source.prose(200 + source.below(isShort ? Math.min(longest, 2000) : longest)).toString('latin1');
}

/** OpenClaw keeps larger events compressed, and what it needs for finding its way beside them. */
const COMPRESSED_ABOVE = 4096;

/** The columns `event_json`, `event_zstd`, `event_utf8_bytes` and `navigation_json`. */
function messageOf(id: string, parentId: string | null, text: string) {
  const entry = { type: 'message', id, parentId };
  const message = { role: 'assistant', stopReason: 'stop', provider: 'openclaw', model: 'bench' };
  const json = JSON.stringify({ ...entry, message: { ...message, content: [{ type: 'text', text }] } });
  const bytes = json.length;
  if (bytes <= COMPRESSED_ABOVE) return [json, null, bytes, null] as const;
  const navigation = {
    ...{ version: 1, report: { kind: 'canonical', hasParentId: true, entry } },
    ...{ navigation: entry, reset: entry, model: { ...entry, message } },
    ...{ modelBytes: bytes, modelWithoutCheckpointBytes: bytes, withoutCustomDataBytes: bytes },
  };
  return [null, zstdCompressSync(json), bytes, JSON.stringify(navigation)] as const;
}

function statements(database: DatabaseSync) {
  const into = (table: string, columns: string, values: string) =>
    database.prepare(`INSERT INTO ${table} (${columns}) VALUES (${values})`);
  return {
    event: into(
      'transcript_events',
      'session_id, seq, created_at, event_json, event_zstd, event_utf8_bytes, navigation_json',
      '?, ?, ?, ?, ?, ?, ?',
    ),
    identity: into(
      'transcript_event_identities',
      'session_id, event_id, seq, event_type, parent_id, created_at',
      "?, ?, ?, 'message', ?, ?",
    ),
    place: into(
      'session_transcript_active_events',
      'session_id, active_position, event_seq, message_position, context_eligible',
      '?, ?, ?, ?, 1',
    ),
    row: into('session_transcript_fts_rows', 'session_id, message_id', '?, ?'),
    words: into(
      'session_transcript_fts',
      'rowid, text, session_id, message_id, role, timestamp',
      "?, ?, ?, ?, 'assistant', ?",
    ),
    state: database.prepare(
      `INSERT OR REPLACE INTO session_transcript_index_state
        (session_id, indexed_seq, leaf_event_id, active_event_count, active_message_count, updated_at) VALUES (?, ?, ?, ?, ?, ?)`,
    ),
  };
}

function sizeOf(database: DatabaseSync): number {
  const pages = database
    .prepare('SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size')
    .get();
  return Number(pages?.['bytes']);
}
