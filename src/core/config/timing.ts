import { ClawbackError } from '../../ports/errors.ts';

/**
 * Checks the form of a cron expression: five fields, or six with seconds first.
 *
 * @throws ClawbackError `CONFIG` for anything else.
 */
export function parseCron(text: string): string {
  const fields = text.trim().split(/\s+/);
  const wellFormed = fields.every((field) => /^[\d*,/A-Za-z?#-]+$/.test(field));
  if ((fields.length !== 5 && fields.length !== 6) || !wellFormed) {
    throw new ClawbackError('CONFIG', `not a cron expression: "${text}"`, {
      hint: 'write minute, hour, day of month, month and day of week: 17 * * * *',
    });
  }
  return fields.join(' ');
}

/**
 * @throws ClawbackError `CONFIG` for a name that is no time zone.
 */
export function parseTimezone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone && name;
  } catch (cause) {
    throw new ClawbackError('CONFIG', `not a time zone: "${name}"`, {
      hint: 'use an IANA name: UTC, Asia/Shanghai',
      cause,
    });
  }
}
