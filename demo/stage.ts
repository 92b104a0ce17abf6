import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../bin/clawback.js', import.meta.url));

/** A throwaway home with a shell in it; disposing removes everything. */
export interface Stage extends AsyncDisposable {
  /** Absolute, and without links: OpenClaw compares such paths. */
  readonly home: string;
  /** URL of a directory beside the home, which stands for another disk. */
  readonly nas: string;
  /**
   * Types a command line into a shell in the home: shows it, and its output as it comes.
   *
   * @returns what it wrote to stdout
   * @throws Error if it exits with anything but 0, or when the signal fires; it has ended then
   */
  type(commandLine: string): Promise<string>;
}

/** @param openclaw directory of an `openclaw` command, which comes first on the shell's PATH, after `clawback` itself */
export async function openStage(openclaw: string, signal: AbortSignal): Promise<Stage> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'clawback-demo-')));
  const [home, nas, bin] = [join(root, 'home'), join(root, 'nas'), join(root, 'bin')];
  for (const directory of [home, nas, bin]) await mkdir(directory, { mode: 0o700 });
  await symlink(LAUNCHER, join(bin, 'clawback'));
  const path = [bin, dirname(process.execPath), openclaw, process.env['PATH'] ?? ''].join(delimiter);
  const shell = { home, signal, env: { PATH: path, HOME: home, TERM: process.env['TERM'] ?? 'dumb' } };
  return {
    home,
    nas: `file://${nas}`,
    type: (commandLine) => type(commandLine, shell),
    [Symbol.asyncDispose]: async () => {
      await removeLocks(join(home, '.openclaw'));
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function type(
  commandLine: string,
  shell: { readonly home: string; readonly signal: AbortSignal; readonly env: Readonly<Record<string, string>> },
): Promise<string> {
  const { home, signal, env } = shell;
  signal.throwIfAborted();
  process.stdout.write(`\n$ ${commandLine}\n`);
  // A process group of its own: Ctrl-C on the terminal then reaches it once, from here, and not twice.
  const child = spawn('sh', ['-c', commandLine], {
    cwd: home,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { pid } = child;
  const interrupt = (): void => {
    if (pid !== undefined) process.kill(-pid, 'SIGINT');
  };
  signal.addEventListener('abort', interrupt, { once: true });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', interrupt);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`exit code ${code ?? 'none'} from: ${commandLine}`);
  return said;
}

/** OpenClaw's locks of a state directory lie in /tmp whatever TMPDIR says, and outlive it; named by a hash of its database. */
async function removeLocks(stateDir: string): Promise<void> {
  const directory = `/tmp/openclaw-state-locks-${process.getuid?.() ?? ''}`;
  const hash = createHash('sha256')
    .update(join(stateDir, 'state', 'openclaw.sqlite'))
    .digest('hex')
    .slice(0, 8);
  for (const name of await readdir(directory).catch(() => [])) {
    if (name.includes(`.${hash}.lock.sqlite`)) await rm(join(directory, name), { force: true });
  }
}
