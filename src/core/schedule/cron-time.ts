import { createRequire } from 'node:module';
import type * as Cron from 'cron';
import type * as Luxon from 'luxon';

let loaded: typeof Cron.CronTime | null = null;

/**
 * `cron`'s reading of an expression, on a clock that is never set.
 *
 * Loaded when it is asked, by what takes a tenth of a short command. `cron` computes with numbers alone, but its luxon would first ask
 * for the language of the host: for that Node loads the data of all languages, another tenth. An import would be another luxon than the
 * one that `cron` requires.
 *
 * @throws the library's error if it is no expression
 */
export function cronTime(expression: string): Cron.CronTime {
  if (loaded === null) {
    const load = createRequire(import.meta.url);
    (load('luxon') as typeof Luxon).Settings.defaultLocale = 'en-US';
    loaded = (load('cron') as typeof Cron).CronTime;
  }
  return new loaded(expression, 'UTC');
}
