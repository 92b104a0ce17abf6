import type { Host } from '../../../../src/core/openclaw/host.ts';
import type { Located } from '../../../../src/core/openclaw/locate.ts';

/** A host whose account lives in `home` and has these variables and no others. */
export function hostWith(home: string, env: Readonly<Record<string, string>> = {}): Host {
  const machine = { hostname: 'test', platform: 'linux', arch: 'x64', nodeVersion: 'v24.0.0' };
  return { env: { HOME: home, ...env }, home, uid: 1000, ...machine };
}

/** The default installation in `home`. */
export function located(home: string): Located {
  const stateDir = `${home}/.openclaw`;
  return { stateDir, configPath: `${stateDir}/openclaw.json`, home };
}
