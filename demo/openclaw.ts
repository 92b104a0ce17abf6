import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { installOpenClaw } from '../src/adapters/gateway/openclaw-install.ts';
import { findOpenClaw, locate } from '../src/adapters/gateway/openclaw-package.ts';
import { openClawCache, OPENCLAW_VERSION } from '../test/support/setup-openclaw.ts';

export interface RealOpenClaw {
  /** Absolute path of its entry script. */
  readonly entry: string;
  /** Directory of the `openclaw` command. */
  readonly bin: string;
  readonly version: string;
}

/** The real OpenClaw: the one on PATH if it is exactly the tested release, else fetched from npm into the cache, once. */
export async function realOpenClaw(say: (text: string) => void): Promise<RealOpenClaw> {
  const version = OPENCLAW_VERSION;
  const path = process.env['PATH'] ?? '';
  const command = await locate('openclaw', path);
  const found = await findOpenClaw({ path }).catch(() => undefined);
  if (command !== undefined && found?.version === version)
    return { entry: found.entry, bin: dirname(command), version };
  const cacheDir = openClawCache();
  if (!existsSync(join(cacheDir, version))) say(`fetching OpenClaw ${version} from npm, once (about 800 MB)`);
  const { entry, directory } = await installOpenClaw({ version, cacheDir, environment: process.env });
  return { entry, bin: join(directory, '.bin'), version };
}
