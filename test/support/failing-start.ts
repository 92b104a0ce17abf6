import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FailingStart {
  /** Entry script of the real OpenClaw. */
  readonly openclaw: string;
  readonly home: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Words put before the command. */
  readonly before?: readonly string[];
  /** Where to keep what it says. */
  readonly log: string;
}

/** Starts a real Gateway that is to fail, and keeps its last words as a service manager would; its exit code or signal. */
export async function failingStart(start: FailingStart): Promise<number | string> {
  const words = [...(start.before ?? []), process.execPath, start.openclaw, 'gateway', 'run'];
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: start.home,
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      HOME: start.home,
      OPENCLAW_SKIP_CHANNELS: '1',
      OPENCLAW_SKIP_PROVIDERS: '1',
      OPENCLAW_SKIP_CRON: '1',
      OPENCLAW_DISABLE_BONJOUR: '1',
      OPENCLAW_NO_AUTO_UPDATE: '1',
      OPENCLAW_NO_RESPAWN: '1',
      OPENCLAW_OFFLINE: '1',
      ...start.environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      // What follows takes half a minute and tells a person how to go on, not why it failed.
      if (said.includes('Automatic triage is preparing')) child.kill('SIGKILL');
    });
  }
  const late = setTimeout(() => child.kill('SIGKILL'), 90_000);
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(late);
  await writeFile(start.log, said);
  return code ?? signal ?? '';
}
