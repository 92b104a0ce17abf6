import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The words that run the demo. */
export const DEMO = [process.execPath, join(import.meta.dirname, '..', '..', 'demo', 'demo.ts')];

/** Runs the demo with its home in a directory of the test's; interrupts it when the drill after this line is on its way. */
export async function play(
  [command = '', ...words]: readonly string[],
  directory: string,
  { interruptAfter }: { interruptAfter?: string } = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, words, {
    env: { ...process.env, TMPDIR: directory },
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

/** No file in the directory, and no process with a home in it. */
export async function expectNothingOf(directory: string): Promise<void> {
  expect(await readdir(directory)).toEqual([]);
  const home = await realpath(directory);
  const living = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  for (const pid of living) {
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    expect(environment.split('\0').filter((line) => line.startsWith(`HOME=${home}`))).toEqual([]);
  }
}
