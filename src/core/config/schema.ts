import { z } from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import { expandPath } from '../openclaw/paths.ts';
import { parseRecipients } from '../keys/recipients.ts';
import { parseSignerKey } from '../keys/signer-key.ts';
import { NOTIFY_EVENTS } from './config.ts';
import { parseDuration } from './duration.ts';
import { parseInstance } from './instance.ts';
import { parseListen } from './listen.ts';
import { parseLocation, type PathBase } from './location.ts';
import { parseSpan } from './span.ts';
import { parseTag } from '../tags.ts';
import { NOTIFIER_KINDS, parseNotifier } from './notifier.ts';
import { parseCron, parseTimezone } from './timing.ts';

export type ConfigInput = z.output<ReturnType<typeof configSchema>>;

/** The shape of a config file, key by key; `docs/configuration.md` lists the same ones. */
export function configSchema(base: PathBase) {
  const path = z
    .string()
    .min(1)
    .transform((text) => expandPath(text, base.home, base.directory));
  const location = parsed(z.string(), (text) => parseLocation(text, base));
  const cron = parsed(z.string(), parseCron).nullable().optional();
  const commands = z.array(z.string().min(1)).optional();
  const count = z.int().nonnegative().optional();
  const span = parsed(z.string(), parseSpan).optional();
  const notifier = parsed(
    z.strictObject({
      url: z.url(),
      kind: z.enum(NOTIFIER_KINDS).optional(),
      secret: z.string().min(1).optional(),
      on: z.array(z.enum(NOTIFY_EVENTS)).min(1),
    }),
    parseNotifier,
  );

  return z.strictObject({
    instance: parsed(z.string(), parseInstance),
    stateDir: path.optional(),
    recipients: parsed(z.array(z.string()), parseRecipients),
    identity: path.optional(),
    signingKey: path.optional(),
    signer: parsed(z.union([z.string(), z.array(z.string())]), (keys) => [keys].flat().map(parseSignerKey)).optional(),
    destinations: parsed(z.record(z.string(), location), refuseNone),
    exclude: z.array(z.string()).optional(),
    include: z.array(z.string()).optional(),
    environment: z.enum(['sealed', 'names']).optional(),
    schedule: z
      .strictObject({
        backup: cron,
        verify: cron,
        prune: cron,
        drill: cron,
        timezone: parsed(z.string(), parseTimezone).optional(),
        jitter: parsed(z.string(), parseDuration).optional(),
        busy: z.enum(['wait', 'skip']).optional(),
      })
      .optional(),
    retention: z
      .strictObject({
        last: count,
        hourly: count,
        daily: count,
        weekly: count,
        monthly: count,
        yearly: count,
        within: span,
        withinHourly: span,
        withinDaily: span,
        withinWeekly: span,
        withinMonthly: span,
        withinYearly: span,
        keepTags: z.array(parsed(z.string(), parseTag)).optional(),
        minKeep: z.int().positive().optional(),
      })
      .optional(),
    full: z
      .strictObject({
        every: parsed(z.string(), parseDuration).optional(),
        whenDifferentialExceeds: z.number().positive().max(1).optional(),
      })
      .optional(),
    notify: z.record(z.string(), notifier).optional(),
    hooks: z
      .strictObject({
        beforeBackup: commands,
        afterBackup: commands,
        beforeRestore: commands,
        afterRestore: commands,
        timeout: parsed(z.string(), parseDuration).optional(),
      })
      .optional(),
    metrics: z
      .strictObject({ textfile: path.optional(), listen: parsed(z.string(), parseListen).optional() })
      .optional(),
  });
}

/** A schema whose value goes through one of our own parsers; its error becomes an issue with the hint as a parameter. */
function parsed<In extends z.ZodType, Out>(schema: In, parse: (value: z.output<In>) => Out) {
  return schema.transform((value, context): Out => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof ClawbackError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, params: { hint: error.hint } });
      return z.NEVER;
    }
  });
}

function refuseNone(destinations: Readonly<Record<string, URL>>): Readonly<Record<string, URL>> {
  if (Object.keys(destinations).length === 0) {
    throw new ClawbackError('CONFIG', 'no destination: there is nowhere to put a snapshot', {
      hint: "add one, such as nas: 'file:///mnt/nas/claw'",
    });
  }
  return destinations;
}
