import { ClawbackError } from '../../ports/errors.ts';

const MILLISECONDS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * Milliseconds of `30s`, `5m`, `2h`, `7d` or `1w`.
 *
 * @throws ClawbackError `CONFIG` for anything else.
 */
export function parseDuration(text: string): number {
  const match = /^(\d+)\s*([smhdw])$/.exec(text.trim());
  const unit = match?.[2] as keyof typeof MILLISECONDS | undefined;
  if (match === null || unit === undefined) {
    throw new ClawbackError('CONFIG', `not a duration: "${text}"`, {
      hint: 'write a number and s, m, h, d or w: 5m, 7d',
    });
  }
  return Number(match[1]) * MILLISECONDS[unit];
}
