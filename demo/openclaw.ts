import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { installOpenClaw } from '../src/adapters/gateway/openclaw-install.ts';
import { findOpenClaw, locate } from '../src/adapters/gateway/openclaw-package.ts';

/** The release that the demo shows, and that the tests run. */
const VERSION = '2026.9.6';

export interface RealOpenClaw {
  /** Absolute path of its entry script. */
  readonly entry: string;
  /** Directory of the `openclaw` command. */
  readonly bin: string;
  readonly version: string;
}

/** The real OpenClaw: the one on PATH if it is exactly that release, else fetched from npm into the cache, once. */
export async function realOpenClaw(say: (text: string) => void): Promise<RealOpenClaw> {
  const path = process.env['PATH'] ?? '';
  const command = await locate('openclaw', path);
  const found = await findOpenClaw({ path }).catch(() => undefined);
  if (command !== undefined && found?.version === VERSION) {
    return { entry: found.entry, bin: dirname(command), version: VERSION };
  }
  const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'clawback', 'openclaw');
  if (!existsSync(join(cacheDir, VERSION))) say(`fetching OpenClaw ${VERSION} from npm, once (about 800 MB)`);
  const { entry, directory } = await installOpenClaw({ version: VERSION, cacheDir, environment: process.env });
  return { entry, bin: join(directory, '.bin'), version: VERSION };
}
