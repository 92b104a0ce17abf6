import type { Config, NotifierSettings } from '../core/config/config.ts';
import { notify, USUAL_PATIENCE } from '../core/notify.ts';
import { subscriptionsOf } from '../core/notify/subscription.ts';
import { ClawbackError } from '../ports/errors.ts';
import type { Notification } from '../ports/notifier.ts';
import { type Context, requireConfig } from './context.ts';
import { saying } from './recorded.ts';

export interface NotifyTestOptions {
  /** As the config calls it; undefined means every notifier. */
  readonly name: string | undefined;
}

export interface NotifyTestResult {
  readonly notifiers: readonly {
    readonly name: string;
    readonly kind: string;
    readonly host: string;
    readonly ok: boolean;
    readonly error?: string;
    readonly hint?: string;
  }[];
}

/** Sends a test message to the notifiers of the config, and says of each whether it was taken. */
export async function notifyTest(options: NotifyTestOptions, context: Context): Promise<NotifyTestResult> {
  const config = requireConfig(context);
  const chosen = choose(options.name, config.notify);
  const sent = await Promise.all(
    chosen.map((settings) =>
      notify(testMessage(settings, config, context), subscriptionsOf([settings], context.openSender), USUAL_PATIENCE),
    ),
  );
  const notifiers = sent.flat().map(({ name, kind, host, error }) => ({
    ...{ name, kind, host, ok: error === null },
    ...(error === null ? {} : { error: error.message }),
    ...(error?.hint === undefined ? {} : { hint: error.hint }),
  }));
  return { notifiers };
}

function choose(name: string | undefined, all: readonly NotifierSettings[]): readonly NotifierSettings[] {
  if (all.length === 0) {
    throw new ClawbackError('CONFIG', 'the config names no notifier', {
      hint: 'add one under notify; docs/configuration.md shows each kind',
    });
  }
  const chosen = all.filter((settings) => name === undefined || settings.name === name);
  if (chosen.length > 0) return chosen;
  throw new ClawbackError('USAGE', `no notifier is called ${name ?? ''}`, {
    hint: `the config has ${all.map((settings) => settings.name).join(', ')}`,
  });
}

function testMessage({ name, on }: NotifierSettings, config: Config, context: Context): Notification {
  const { instance } = config;
  return {
    ...saying(instance, context),
    event: 'test',
    job: 'backup',
    ok: true,
    summary: `test message from ${instance}`,
    details: [`the notifier ${name} works; it will be told of: ${on.join(', ')}`],
    snapshot: null,
    seconds: null,
    bytes: null,
  };
}
