import type { Writable } from 'node:stream';
import type { Progress } from '../ports/progress.ts';

/** Milliseconds between two lines of one task. */
const INTERVAL = 500;

/**
 * Progress for programs, one JSON object a line: `{"event":"start"|"progress"|"end","label","done","total"}`, `done` and
 * `total` in bytes, `total` null if unknown.
 */
export function progressLines(stream: Writable): Progress {
  return {
    start(label, totalBytes) {
      const state = { label, done: 0, written: Date.now(), ended: false };
      const write = (event: string) => {
        stream.write(`${JSON.stringify({ event, label: state.label, done: state.done, total: totalBytes })}\n`);
        state.written = Date.now();
      };
      write('start');
      return {
        advance(bytes) {
          state.done += bytes;
          if (!state.ended && Date.now() - state.written >= INTERVAL) write('progress');
        },
        label(text) {
          state.label = text;
        },
        end() {
          if (!state.ended) write('end');
          state.ended = true;
        },
      };
    },
  };
}
