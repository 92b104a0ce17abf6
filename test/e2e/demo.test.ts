import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readmeBlock } from '../support/readme.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const DEMO = join(import.meta.dirname, '..', '..', 'demo', 'demo.ts');

let place: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeAll(async () => {
  place = await temporaryDirectory();
});

afterAll(async () => {
  await place[Symbol.asyncDispose]();
});

test('the demo brings a lost OpenClaw back with its devices and its cron job, as the README shows it', async () => {
  const { code, output } = await play([process.execPath, DEMO]);
  expect(output).toMatch(/^PASS: this snapshot comes back$/m);
  expect(output).toMatch(/ok {4}browser reconnects .*connected\n.*ok {4}garage reconnects .*connected\n/);
  expect(output).toMatch(/ok {4}cron jobs: .*water the plants/);
  expect(code).toBe(0);
  await expectNothingLeft();
  const shown = readmeBlock('')
    .split(/^…$|^(?=\$)/m)
    .map(comparable);
  expect(shown.filter((part) => !comparable(output).includes(part))).toEqual([]);
});

test('where namespaces are refused the demo drills by a rehearsal, and says so', async () => {
  const refusing = 'echo 0 > /proc/sys/user/max_net_namespaces && exec "$@"';
  const unshare = ['unshare', '--user', '--map-root-user', 'sh', '-c', refusing, 'sh'];
  const { code, output } = await play([...unshare, process.execPath, DEMO]);
  expect(output).toMatch(/^PASS, with remarks$/m);
  expect(output.replace(/\s+/g, ' ')).toContain('but as a rehearsal: at another path');
  expect(output).toMatch(/# all of it held/);
  expect(code).toBe(0);
  await expectNothingLeft();
});

test('Ctrl-C in the middle of the drill ends every process and leaves nothing', async () => {
  const { code, output } = await play([process.execPath, DEMO], { interruptAfter: '$ clawback restore --in-place' });
  expect(output).toContain('# interrupted; nothing is left behind');
  expect(output).not.toContain('Gateway is started');
  expect(code).toBe(130);
  await expectNothingLeft();
});

/** Runs the demo with its home in the test's directory; interrupts it when the drill after this line is on its way. */
async function play(
  [command = '', ...words]: readonly string[],
  { interruptAfter }: { interruptAfter?: string } = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, words, {
    env: { ...process.env, TMPDIR: place.path },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (interruptAfter === undefined || !output.includes(interruptAfter)) return;
      // A boot takes ten seconds or more.
      timer ??= setTimeout(() => child.kill('SIGINT'), 4000);
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, output };
}

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

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(place.path)).toEqual([]);
  const home = await realpath(place.path);
  const living = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  for (const pid of living) {
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    expect(environment.split('\0').filter((line) => line.startsWith(`HOME=${home}`))).toEqual([]);
  }
}
