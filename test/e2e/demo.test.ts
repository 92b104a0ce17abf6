import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEMO, expectNothingOf, play } from '../support/demo.ts';
import { readmeBlock } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  place = await temporaryDirectory();
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

test('the demo brings a lost OpenClaw back with its devices and its cron job, as the README shows it', async () => {
  const { code, output } = await play(DEMO, place.path);
  expect(output).toMatch(/^PASS: this snapshot comes back$/m);
  expect(output).toMatch(/ok {4}browser reconnects .*connected\n.*ok {4}garage reconnects .*connected\n/);
  expect(output).toMatch(/ok {4}cron jobs: .*water the plants/);
  expect(code).toBe(0);
  await expectNothingOf(place.path);
  const shown = readmeBlock('')
    .split(/^…$|^(?=\$)/m)
    .map(comparable);
  expect(shown.filter((part) => !comparable(output).includes(part))).toEqual([]);
});

test('Ctrl-C in the middle of the drill ends every process and leaves nothing', async () => {
  const { code, output } = await play(DEMO, place.path, { interruptAfter: '$ clawback restore --in-place' });
  expect(output).toContain('# interrupted; nothing is left behind');
  expect(output).not.toContain('Gateway is started');
  expect(code).toBe(130);
  await expectNothingOf(place.path);
});

/** A text without what differs from run to run, on one line, and with the short paths of the README. */
function comparable(text: string): string {
  return text
    .replace(/file:\/\/\S*\/nas\b(?!\/)/g, 'file:///mnt/nas/claw')
    .replace(/\/\S*\/home\//g, '~/')
    .replace(/\d{8}T\d{6}Z-[0-9a-f]{16}/g, 'ID')
    .replace(/\d+(?:[.,]\d+)*/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}
