import { createRequire } from 'node:module';
import { CronTime } from 'cron';
import type * as Luxon from 'luxon';

// `cron` computes with numbers alone, but its luxon would first ask for the language of the host: for that Node loads the data of all
// languages, a tenth of a short command. Required, since an import would be another instance than the one that `cron` requires.
const { Settings } = createRequire(import.meta.url)('luxon') as typeof Luxon;
Settings.defaultLocale = 'en-US';

export { CronTime };
