import { CronTime } from 'cron';
import { Settings } from 'luxon';

// It computes with numbers alone, but would first ask for the language of the host: for that Node loads the data of all languages,
// which takes a tenth of a short command.
Settings.defaultLocale = 'en-US';

export { CronTime };
