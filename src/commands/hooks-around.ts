import { hooked, type Hooked, type HookPlan } from '../core/hooks.ts';
import type { Context } from './context.ts';

/** Runs the hooks that the config has before something, for a host that may have no config; its result runs those after it. */
export function hooksAround(around: HookPlan['around'], context: Context): (signal: AbortSignal) => Promise<Hooked> {
  const { config, paths, shell, warn } = context;
  const hooks = config?.hooks;
  const [before, after] =
    around === 'backup' ? [hooks?.beforeBackup, hooks?.afterBackup] : [hooks?.beforeRestore, hooks?.afterRestore];
  const plan: HookPlan = {
    around,
    instance: config?.instance ?? '',
    before: before ?? [],
    after: after ?? [],
    timeout: hooks?.timeout ?? 0,
    workDir: paths.stateDir,
  };
  return (signal) => hooked(plan, { shell, warn }, signal);
}
