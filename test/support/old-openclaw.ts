import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { installOpenClaw } from '../../src/adapters/gateway/openclaw-install.ts';
import { openClawCache } from './setup-openclaw.ts';

/** Releases of which a dependency is fetched from GitHub, which is not within reach of every machine; npm has it too. */
const FROM_GITHUB: Readonly<Record<string, object>> = { '2026.3.8': { libsignal: 'npm:libsignal@6.0.0' } };

/** Entry script of an older OpenClaw, installed where `clawback drill --openclaw VERSION` looks for it. */
export async function oldOpenClaw(version: string): Promise<string> {
  const cacheDir = openClawCache();
  const overrides = FROM_GITHUB[version];
  if (overrides !== undefined && !existsSync(join(cacheDir, version)))
    await installWith(overrides, { version, cacheDir });
  return (await installOpenClaw({ version, cacheDir, environment: process.env })).entry;
}

async function installWith(overrides: object, to: { version: string; cacheDir: string }): Promise<void> {
  await mkdir(to.cacheDir, { recursive: true });
  const stage = await mkdtemp(join(to.cacheDir, `.${to.version}-`));
  await writeFile(join(stage, 'package.json'), JSON.stringify({ private: true, overrides }));
  const options = ['--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
  await promisify(execFile)('npm', ['install', ...options, `openclaw@${to.version}`], { cwd: stage, env });
  await rename(stage, join(to.cacheDir, to.version));
}
