import { closeSync, openSync, readSync } from 'node:fs';
import { isRecord } from './config-value.ts';

const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const BRACE = 0x7d;

/** How OpenClaw begins the line of a message. Within a string a quote is escaped: nowhere else in a line does it stand. */
const MESSAGE = Buffer.from('{"type":"message",');

/**
 * Messages in a transcript of an event a line. A line that is cut off (the writer was killed, or is writing) counts for nothing.
 *
 * Synchronous: in the page cache it is read before the thread pool has been asked.
 *
 * @throws the system's error if it cannot be read.
 */
export function countMessages(path: string): number {
  const descriptor = openSync(path, 'r');
  try {
    return countIn((buffer, from) => readSync(descriptor, buffer, from, buffer.length - from, null));
  } finally {
    closeSync(descriptor);
  }
}

/** @param read fills a buffer from a place on; returns how many bytes, 0 at the end. */
function countIn(read: (buffer: Buffer, from: number) => number): number {
  let count = 0;
  let buffer = Buffer.allocUnsafe(READ_BYTES);
  /** Bytes of a line whose end has not been read. */
  let begun = 0;
  for (;;) {
    if (begun === buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)]);
    const bytes = read(buffer, begun);
    const filled = buffer.subarray(0, begun + bytes);
    let start = 0;
    // Up to where it had been looked through, there is no end of a line.
    for (let end = filled.indexOf(NEWLINE, begun); end >= 0; end = filled.indexOf(NEWLINE, start)) {
      if (isMessage(filled.subarray(start, end))) count++;
      start = end + 1;
    }
    const rest = filled.subarray(start);
    // One that has no end yet may be any part of a line.
    if (bytes === 0) return parsedIsMessage(rest.toString()) ? count + 1 : count;
    buffer.copyWithin(0, start, filled.length);
    begun = rest.length;
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
