import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Where one corpus is fought over: a throwaway home with Clawback's configuration and keys, and a directory for each store. */
export interface Arena extends AsyncDisposable {
  readonly home: string;
  /** The state directory to back up. */
  readonly state: string;
  readonly launcher: string;
  readonly env: Readonly<Record<string, string>>;
  readonly recipient: string;
}

/** @param launcher of the Clawback to measure */
export async function openArena(state: string, launcher: string): Promise<Arena> {
  const home = await mkdtemp(join(tmpdir(), 'clawback-bench-'));
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1' };
  await mkdir(join(home, 'nas'));
  const init = ['init', '--destination', join(home, 'nas'), '--state-dir', state, '--instance', 'bench', '--yes'];
  execFileSync(process.execPath, [launcher, ...init], { env, cwd: home, stdio: 'ignore' });
  const identity = await readFile(join(home, '.config/clawback/identity.txt'), 'utf8');
  const [, recipient = ''] = /public key: (\S+)/.exec(identity) ?? [];
  return {
    ...{ home, state, launcher, env, recipient },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true }),
  };
}

/**
 * The launcher of the package as it would be published: compiled, and below `node_modules`, from where it finds what it depends
 * on. The sources of a checkout start more slowly.
 */
export async function packedLauncher(): Promise<string> {
  const directory = join(PROJECT, 'node_modules/.bench');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const npm = ['pack', '--silent', '--pack-destination', directory];
  execFileSync('npm', npm, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync('sh', ['-c', 'tar -xzf *.tgz'], { cwd: directory });
  // Else the checkout itself would run it from now on as well.
  await rm(join(PROJECT, 'dist'), { recursive: true });
  return join(directory, 'package/bin/clawback.js');
}
