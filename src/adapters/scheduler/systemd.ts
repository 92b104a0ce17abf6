import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { type Ran, runTool } from './tool.ts';
import { difference, readUnits, writeUnits } from './unit-directory.ts';

export interface SystemdOptions {
  readonly scope: 'user' | 'system';
  readonly instance: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the home directory. */
  readonly home: string;
  /** The name that systemd knows this user by. */
  readonly user: string;
}

/** The manager of the system, or of one user. It may not run, as in a container: then all takes effect at its next start. */
export function systemdScheduler(options: SystemdOptions): Scheduler {
  const { scope, instance, home, env } = options;
  const config = env['XDG_CONFIG_HOME'];
  const own = config?.startsWith('/') === true ? config : join(home, '.config');
  const place = scope === 'system' ? '/etc/systemd/system' : join(own, 'systemd', 'user');
  const isOurs = new RegExp(`^clawback-${instance.replaceAll('.', String.raw`\.`)}-[a-z]+\\.(?:service|timer)$`);
  const systemctl = (...words: readonly string[]) =>
    runTool(['systemctl', ...(scope === 'user' ? ['--user'] : []), ...words], env);

  return {
    place,
    installed: () => readUnits(place, isOurs),
    async install(files) {
      const { write, remove } = difference(await readUnits(place, isOurs), files);
      const timers = files.map(({ name }) => name).filter(isTimer);
      const gone = remove.filter(isTimer);
      // Before their files go, which say what to undo.
      if (gone.length > 0) must(await systemctl('disable', ...gone));
      await writeUnits(place, { write, remove });
      for (const timer of gone) await rm(join(stamps(options), `stamp-${timer}`), { force: true });
      if (timers.length > 0) must(await systemctl('enable', ...timers));
      const changed = [...write.map(({ name }) => name), ...remove];
      const todo = changed.length === 0 ? [] : await takeEffect(systemctl, { timers, gone });
      return { changed, todo: [...todo, ...(timers.length === 0 ? [] : lingering(options))] };
    },
  };
}

/** Tells the manager that runs, if one does. */
async function takeEffect(
  systemctl: (...words: readonly string[]) => Promise<Ran>,
  { timers, gone }: { readonly timers: readonly string[]; readonly gone: readonly string[] },
): Promise<readonly string[]> {
  const reload = await systemctl('daemon-reload');
  if (reload.code !== 0) return [`systemd could not be told (${reload.stderr}): it takes effect at its next start`];
  if (gone.length > 0) await systemctl('stop', ...gone);
  if (timers.length > 0) must(await systemctl('restart', ...timers));
  return [];
}

/** The timers of a user who is not logged in do not run, unless that user lingers. */
function lingering({ scope, user }: SystemdOptions): readonly string[] {
  if (scope === 'system' || existsSync(join('/var/lib/systemd/linger', user))) return [];
  return [`so that it runs while ${user} is not logged in: loginctl enable-linger ${user}`];
}

/** Where a timer with `Persistent=` remembers when it last elapsed. */
function stamps({ scope, env, home }: SystemdOptions): string {
  if (scope === 'system') return '/var/lib/systemd/timers';
  const data = env['XDG_DATA_HOME'];
  return join(data?.startsWith('/') === true ? data : join(home, '.local', 'share'), 'systemd', 'timers');
}

function isTimer(name: string): boolean {
  return name.endsWith('.timer');
}

function must({ code, stderr }: Ran): void {
  if (code !== 0) {
    throw new ClawbackError('FAILED', `systemctl refuses: ${stderr}`, {
      hint: 'systemd-analyze verify on the units says more',
    });
  }
}
