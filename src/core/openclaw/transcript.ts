import { closeSync, openSync, readSync } from 'node:fs';
import { isRecord } from './config-value.ts';

const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const BRACE = 0x7d;

/** How OpenClaw begins the line of a message. Within a string a quote is escaped: nowhere else in a line does it stand. */
const MESSAGE = Buffer.from('{"type":"message",');

/** True for a path below the state directory at which an agent has a transcript. */
export function isTranscript(path: string): boolean {
  return /^agents\/[^/]+\/sessions\/[^/]+\.jsonl$/.test(path);
}

/**
 * Messages in the transcript at a path.
 *
 * Synchronous: in the page cache it is read before the thread pool has been asked.
 *
 * @throws the system's error if it cannot be read.
 */
export function countMessages(path: string): number {
  const counter = new MessageCounter();
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const descriptor = openSync(path, 'r');
  try {
    for (;;) {
      const bytes = readSync(descriptor, buffer);
      if (bytes === 0) return counter.end();
      counter.write(buffer.subarray(0, bytes));
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Counts the messages in a transcript of an event a line. A line that is cut off (the writer was killed, or is writing) counts for
 * nothing.
 */
export class MessageCounter {
  /** Of a line whose end has not come yet. */
  readonly #begun: Buffer[] = [];
  #count = 0;

  /** @param piece what comes next; it need not outlive the call */
  write(piece: Buffer): void {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const line = piece.subarray(start, end);
      if (isMessage(this.#begun.length === 0 ? line : Buffer.concat([...this.#begun.splice(0), line]))) this.#count++;
      start = end + 1;
    }
    if (start < piece.length) this.#begun.push(Buffer.from(piece.subarray(start)));
  }

  /** Messages in all that was written. */
  end(): number {
    // A line that has no end may be any part of one.
    return this.#count + (parsedIsMessage(Buffer.concat(this.#begun).toString()) ? 1 : 0);
  }
}

/** Lines as OpenClaw writes them are known by their ends; to parse them all would take longer than to archive them. */
function isMessage(line: Buffer): boolean {
  const begins = line.length > MESSAGE.length && line.compare(MESSAGE, 0, MESSAGE.length, 0, MESSAGE.length) === 0;
  if (begins && line.at(-1) === BRACE) return line.indexOf(MESSAGE, 1) < 0;
  return line.includes('"message"') && parsedIsMessage(line.toString());
}

function parsedIsMessage(line: string): boolean {
  try {
    const event: unknown = JSON.parse(line);
    return isRecord(event) && event['type'] === 'message';
  } catch {
    return false;
  }
}
