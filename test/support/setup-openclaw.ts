import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installOpenClaw } from '../../src/adapters/gateway/openclaw-install.ts';

/** The release that the end-to-end tests run. */
export const OPENCLAW_VERSION = '2026.9.6';

declare module 'vitest' {
  interface ProvidedContext {
    /** Entry script of the real OpenClaw. */
    readonly openclaw: string;
  }
}

/** Where every OpenClaw that Clawback fetches is kept, as `clawback drill --openclaw VERSION` does. */
export function openClawCache(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'clawback', 'openclaw');
}

export async function setup(project: TestProject): Promise<void> {
  const { entry } = await installOpenClaw({
    version: OPENCLAW_VERSION,
    cacheDir: openClawCache(),
    environment: process.env,
  });
  project.provide('openclaw', entry);
}
