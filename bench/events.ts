import { type DatabaseSync } from 'node:sqlite';
import { type Source } from './prose.ts';

/** Text of one event in the database, in bytes. */
const EVENT_BYTES = 3800;

/** How many sessions the events are spread over. */
const SESSIONS = 40;

/** Appends events to the transcripts of an agent's database, as OpenClaw does while it talks. */
export function addEvents(database: DatabaseSync, count: number, source: Source): void {
  const last = database.prepare('SELECT session_id, max(seq) AS seq FROM transcript_events GROUP BY session_id').all();
  const sequence = new Map(last.map(({ session_id, seq }) => [String(session_id), Number(seq)]));
  const insert = database.prepare(
    'INSERT INTO transcript_events (session_id, seq, event_json, created_at) VALUES (?, ?, ?, ?)',
  );
  database.exec('BEGIN');
  for (let index = 0; index < count; index++) {
    const session = `session-${index % SESSIONS}`;
    const seq = (sequence.get(session) ?? 0) + 1;
    sequence.set(session, seq);
    insert.run(session, seq, source.event(EVENT_BYTES), 1_700_000_000_000 + seq);
  }
  database.exec('COMMIT');
}
