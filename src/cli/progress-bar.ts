import type { Progress, ProgressTask } from '../ports/progress.ts';
import type { TerminalStream } from './surroundings.ts';
import { formatBytes } from './units.ts';

/** Milliseconds between two drawings: often enough to look alive, rarely enough to cost nothing. */
const INTERVAL = 100;
const CLEAR_LINE = '\r\u001B[2K';
const CLEAR_BELOW = '\u001B[J';
const BAR_WIDTH = 24;

export interface Bars extends Progress {
  /** Writes text where the bar is, and the bar again below it. */
  interrupt(text: string): void;
}

interface Task {
  label: string;
  done: number;
  readonly total: number | null;
  readonly started: number;
}

/** A bar for each task that runs, on the last lines of a terminal. */
export function bars(stream: TerminalStream, options: { readonly visible: boolean }): Bars {
  const tasks = new Set<Task>();
  let drawn = 0;
  /** Lines that are on the screen now. */
  let lines = 0;

  function draw(force: boolean): void {
    if (!options.visible || tasks.size === 0 || (!force && Date.now() - drawn < INTERVAL)) return;
    drawn = Date.now();
    const width = (stream.columns ?? 80) - 1;
    const texts = [...tasks].map((task) => CLEAR_LINE + barLine(task, width));
    stream.write(toFirstLine() + texts.join('\n'));
    lines = texts.length;
  }

  function clear(): void {
    if (lines > 0) stream.write(toFirstLine() + CLEAR_LINE + (lines > 1 ? CLEAR_BELOW : ''));
    lines = 0;
  }

  /** The cursor stands on the last of the lines. */
  function toFirstLine(): string {
    return lines > 1 ? `\u001B[${lines - 1}A` : '';
  }

  return {
    interrupt(text) {
      clear();
      stream.write(text);
      draw(true);
    },
    start(label, totalBytes): ProgressTask {
      const task: Task = { label, done: 0, total: totalBytes, started: Date.now() };
      tasks.add(task);
      draw(true);
      return {
        advance(bytes) {
          task.done += bytes;
          draw(false);
        },
        label(text) {
          task.label = text;
          draw(false);
        },
        end() {
          if (!tasks.delete(task)) return;
          clear();
          draw(true);
        },
      };
    },
  };
}

/** `label  [####------]  42%  12.3 MiB  45.1 MiB/s`, cut to the width. */
export function barLine(
  task: { label: string; done: number; total: number | null; started: number },
  width: number,
): string {
  const seconds = Math.max(0.001, (Date.now() - task.started) / 1000);
  const rate = `${formatBytes(Math.round(task.done / seconds))}/s`;
  const share = task.total === null || task.total === 0 ? null : Math.min(1, task.done / task.total);
  const bar = share === null ? [] : [drawBar(share), `${String(Math.floor(share * 100)).padStart(3)}%`];
  const numbers = task.done === 0 ? bar : [...bar, formatBytes(task.done), rate];
  const tail = numbers.join('  ');
  const room = Math.max(0, width - tail.length - 2);
  const label = task.label.length > room ? `${task.label.slice(0, Math.max(0, room - 1))}…` : task.label;
  return `${label}  ${tail}`.slice(0, width).trimEnd();
}

function drawBar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}]`;
}
