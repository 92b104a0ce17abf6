import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ClawbackError, systemCode } from '../../ports/errors.ts';
import { openClawAt, type OpenClawPackage } from './openclaw-package.ts';

const run = promisify(execFile);

export interface InstallRequest {
  /** An exact version, such as `2026.9.6`. */
  readonly version: string;
  /** Each version gets its own directory in here; kept for ever. About 800 MB each. */
  readonly cacheDir: string;
  /** For npm: PATH, HOME, proxy and registry settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Gives OpenClaw of exactly this version, installed with npm at the first call. Any number of processes may ask at once.
 *
 * @throws ClawbackError `CANNOT_BOOT` if npm is missing or cannot install it.
 */
export async function installOpenClaw(request: InstallRequest): Promise<OpenClawPackage> {
  const { version, cacheDir } = request;
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new ClawbackError('USAGE', `${version} is not an exact openclaw version`, {
      hint: 'give one such as 2026.9.6',
    });
  }
  const home = join(cacheDir, version);
  const cached = await installedIn(home);
  if (cached !== undefined) return cached;

  await mkdir(cacheDir, { recursive: true });
  await using stage = await stagingIn(cacheDir, version);
  await npmInstall(stage.directory, request);
  await rename(stage.directory, home).catch((error: unknown) => {
    // Another process was quicker; what it published is the same version.
    if (systemCode(error) !== 'ENOTEMPTY' && systemCode(error) !== 'EEXIST') throw error;
  });
  return await openClawAt(entryIn(home));
}

function entryIn(home: string): string {
  return join(home, 'node_modules', 'openclaw', 'openclaw.mjs');
}

function installedIn(home: string): Promise<OpenClawPackage | undefined> {
  return openClawAt(entryIn(home)).catch(() => undefined);
}

async function stagingIn(cacheDir: string, version: string): Promise<AsyncDisposable & { directory: string }> {
  const directory = await mkdtemp(join(cacheDir, `.${version}-`));
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

async function npmInstall(directory: string, { version, environment }: InstallRequest): Promise<void> {
  await writeFile(join(directory, 'package.json'), '{ "private": true }\n');
  const options = [
    '--prefix',
    directory,
    '--no-global',
    '--no-audit',
    '--no-fund',
    '--no-package-lock',
    '--loglevel=error',
  ];
  try {
    await run('npm', ['install', ...options, `openclaw@${version}`], {
      cwd: directory,
      // npm and OpenClaw's install scripts take the first `node` on PATH, and OpenClaw refuses one older than 24.16.
      env: { ...environment, PATH: [dirname(process.execPath), environment['PATH'] ?? ''].join(delimiter) },
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (cause) {
    const reason = systemCode(cause) === 'ENOENT' ? 'npm is not installed' : lastLines(String(cause));
    throw new ClawbackError('CANNOT_BOOT', `cannot install openclaw ${version}: ${reason}`, {
      hint: `check the network and npm's registry, or install it yourself: npm install -g openclaw@${version}`,
      cause,
    });
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join(' | ');
}
