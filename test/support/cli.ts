import { spawn } from 'node:child_process';
import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { main } from '../../src/cli/main.ts';
import { noSignals } from '../../src/ports/signals.ts';
import { COMPILED } from './setup-compiled.ts';

export const LAUNCHER = fileURLToPath(new URL('../../bin/clawback.js', import.meta.url));

export interface CliOptions {
  /** The whole environment but `PATH`; `HOME` should be a directory of the test's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** The program, for a process of its own; default: the one of this checkout. */
  readonly launcher?: string;
  /** User and group to run as, for a process of its own; the test must run as root. */
  readonly uid?: number;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command line in this process: fast, and sees what coverage sees. No stream of it is a terminal. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const surroundings = {
    argv,
    env: environment(options),
    cwd: options.cwd ?? process.cwd(),
    stdin: Readable.from([options.input ?? '']),
    stdout,
    stderr,
    signals: noSignals,
  };
  const said = Promise.all([text(stdout), text(stderr)]);
  const code = await main(surroundings, options.signal ?? new AbortController().signal);
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  return { code, stdout: out, stderr: err };
}

/** Runs one command line as a process of its own: the launcher, signals and exit codes as a shell sees them. */
export async function spawnCli(argv: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [options.launcher ?? LAUNCHER, ...argv], {
    cwd: options.cwd,
    env: environment(options),
    signal: options.signal,
    killSignal: 'SIGINT',
    uid: options.uid,
    gid: options.uid,
  });
  child.on('error', (error) => {
    // An aborted signal is reported as an error; that the process was killed is what the test asked for.
    if (error.name !== 'AbortError') throw error;
  });
  child.stdin.end(options.input ?? '');
  const exited = new Promise<number>((resolve) => {
    child.on('close', (code) => {
      resolve(code ?? -1);
    });
  });
  const [out, err, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), exited]);
  return { code, stdout: out.toString(), stderr: err.toString() };
}

function environment({ env, launcher }: CliOptions): Record<string, string> {
  // A program of its own keeps what it has compiled where it always does.
  const compiled = launcher === undefined ? { NODE_COMPILE_CACHE: COMPILED } : {};
  return { PATH: process.env['PATH'] ?? '', ...compiled, ...env };
}
