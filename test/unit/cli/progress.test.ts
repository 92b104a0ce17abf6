import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { barLine, bars } from '../../../src/cli/progress-bar.ts';
import { progressLines } from '../../../src/cli/progress-lines.ts';

it('a bar says how much is done, and fits its width', () => {
  const task = { label: 'nas', done: 512 * 1024, total: 1024 * 1024, started: Date.now() - 1000 };
  expect(barLine(task, 80)).toMatch(/^nas {2}\[#{12}-{12}\] {2} 50% {2}512\.0 KiB {2}[\d.]+ KiB\/s$/);
  expect(barLine({ ...task, label: 'x'.repeat(200) }, 79).length).toBeLessThanOrEqual(79);
  expect(barLine({ ...task, total: null }, 80)).toMatch(/^nas {2}512\.0 KiB/);
});

it('what interrupts a bar stands on a line of its own', async () => {
  const stream = new PassThrough();
  const bar = bars(stream, { visible: true });
  const task = bar.start('sealing', 100);
  bar.interrupt('a warning\n');
  task.end();
  stream.end();
  expect((await text(stream)).split('\u001B[2K')).toContain('a warning\n\r');
});

it('tasks side by side have a line each, which go when they end', async () => {
  const stream = new PassThrough();
  const bar = bars(stream, { visible: true });
  const [first, second] = [bar.start('to nas', 100), bar.start('to offsite', 100)];
  first.end();
  second.end();
  stream.end();
  const [clear, up, clearBelow] = ['\r\u001B[2K', '\u001B[1A', '\u001B[J'];
  const empty = `[${'-'.repeat(24)}]    0%`;
  const [nas, offsite] = [`to nas  ${empty}`, `to offsite  ${empty}`];
  const written = [clear, nas, clear, nas, '\n', clear, offsite, up, clear, clearBelow, clear, offsite, clear];
  expect(await text(stream)).toBe(written.join(''));
});

it('an invisible bar writes only what interrupts it', async () => {
  const stream = new PassThrough();
  const bar = bars(stream, { visible: false });
  const task = bar.start('sealing', 100);
  task.advance(50);
  bar.interrupt('a warning\n');
  task.end();
  stream.end();
  expect(await text(stream)).toBe('a warning\n');
});

it('progress for programs is one JSON object a line, and a task ends once', async () => {
  const stream = new PassThrough();
  const task = progressLines(stream).start('nas', 100);
  task.advance(60);
  task.advance(40);
  task.end();
  task.end();
  stream.end();
  const lines = (await text(stream))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toEqual([
    { event: 'start', label: 'nas', done: 0, total: 100 },
    { event: 'end', label: 'nas', done: 100, total: 100 },
  ]);
});
