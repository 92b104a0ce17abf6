import { join } from 'node:path';
import { ClawbackError } from '../../ports/errors.ts';
import type { Scheduler } from '../../ports/scheduler.ts';
import { runTool } from './tool.ts';
import { difference, readUnits, writeUnits } from './unit-directory.ts';

export interface LaunchdOptions {
  readonly instance: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly uid: number;
}

/** The launchd of a user who is logged in, on macOS. */
export function launchdScheduler({ instance, env, home, uid }: LaunchdOptions): Scheduler {
  const place = join(home, 'Library', 'LaunchAgents');
  const isOurs = new RegExp(`^dev\\.clawback\\.${instance.replaceAll('.', String.raw`\.`)}\\.[a-z]+\\.plist$`);
  const launchctl = (...words: readonly string[]) => runTool(['launchctl', ...words], env);
  return {
    place,
    installed: () => readUnits(place, isOurs),
    async install(files) {
      const { write, remove } = difference(await readUnits(place, isOurs), files);
      const changed = [...write.map(({ name }) => name), ...remove];
      // What is loaded is not read again: it has to go first. One that is not loaded is no error.
      for (const name of changed) await launchctl('bootout', `gui/${uid}/${name.replace(/\.plist$/, '')}`);
      await writeUnits(place, { write, remove });
      for (const { name } of write) {
        const { code, stderr } = await launchctl('bootstrap', `gui/${uid}`, join(place, name));
        if (code !== 0)
          throw new ClawbackError('FAILED', `launchctl refuses: ${stderr}`, { hint: `plutil -lint ${place}/${name}` });
      }
      return { changed, todo: [] };
    },
  };
}
