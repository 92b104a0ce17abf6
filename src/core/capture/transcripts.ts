import { isTranscript, MessageCounter } from '../openclaw/transcript.ts';
import type { ReadFile } from './read-file.ts';

/** Where captured paths of the state directory begin. */
const STATE = 'state/';

/** Counts the messages of transcripts while they are captured, so that none is read again for it, or counted as it is by then. */
export class Transcripts {
  readonly #messages = new Map<string, number>();

  /** Messages of the transcript at a path relative to the state directory; null if it has not been captured. */
  messages(path: string): number | null {
    return this.#messages.get(path) ?? null;
  }

  /** Passes on what was read of a captured path. */
  watch(path: string, read: ReadFile): ReadFile {
    const relative = path.startsWith(STATE) ? path.slice(STATE.length) : '';
    if (!isTranscript(relative)) return read;
    const counter = new MessageCounter();
    const ended = (): void => void this.#messages.set(relative, counter.end());
    if (!Buffer.isBuffer(read.content)) return { ...read, content: counted(read.content, counter, ended) };
    counter.write(read.content);
    ended();
    return read;
  }
}

function* counted(content: Iterable<Buffer>, counter: MessageCounter, ended: () => void): Generator<Buffer> {
  for (const piece of content) {
    counter.write(piece);
    yield piece;
  }
  ended();
}
