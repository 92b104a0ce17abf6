import { hooked, type Hooked } from '../../src/core/hooks.ts';

/** For backups around which nothing is to be run. */
export function noHooks(signal: AbortSignal): Promise<Hooked> {
  const plan = {
    around: 'backup',
    instance: 'none',
    before: [],
    after: [],
    timeout: 0,
    workDir: '/nonexistent',
  } as const;
  const run = () => Promise.reject(new Error('there is nothing to run'));
  return hooked(plan, { shell: { run }, warn: () => undefined }, signal);
}
