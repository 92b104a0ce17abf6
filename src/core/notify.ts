import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Notice, Notification, Notifier } from '../ports/notifier.ts';
import { noticeOf } from './notify/notice.ts';
import { type Subscription, wants } from './notify/subscription.ts';

/** How long one attempt to send may take, and the pause before the second and last; milliseconds. */
export interface Patience {
  readonly attempt: number;
  readonly pause: number;
}

/** A service that is up answers within a second, a mail server within a few. */
export const USUAL_PATIENCE: Patience = { attempt: 7000, pause: 1000 };

export interface Sent {
  readonly name: string;
  readonly kind: string;
  readonly host: string;
  /** Null if it was accepted. */
  readonly error: ClawbackError | null;
}

/** A notifier that tells every place that wants to know. */
export function broadcasting(subscriptions: readonly Subscription[], patience: Patience): Notifier {
  return {
    async notify(notification) {
      const sent = await notify(notification, subscriptions, patience);
      return sent.flatMap(({ name, kind, error }) =>
        error === null ? [] : [`the notifier ${name} (${kind}) was not told: ${error.message}`],
      );
    },
  };
}

/**
 * Tells every place that wants to know, side by side: none waits for another, and a dead one costs no more than two attempts.
 * Never rejects; what could not be sent says so in the result.
 */
export async function notify(
  notification: Notification,
  subscriptions: readonly Subscription[],
  patience: Patience,
): Promise<readonly Sent[]> {
  const notice = noticeOf(notification);
  const wanting = subscriptions.filter((subscription) => wants(subscription, notification));
  return Promise.all(wanting.map((subscription) => sendTo(subscription, notice, patience)));
}

async function sendTo({ name, sender }: Subscription, notice: Notice, patience: Patience): Promise<Sent> {
  const { kind, host } = sender;
  const attempt = () => withinTime(patience.attempt, (signal) => sender.send(notice, signal));
  try {
    await attempt().catch(async (error: unknown) => {
      if (!isWorthAnother(error, notice, patience)) throw error;
      await sleep(error.retryAfter ?? patience.pause);
      await attempt();
    });
    return { name, kind, host, error: null };
  } catch (thrown) {
    return { name, kind, host, error: asOurs(thrown) };
  }
}

/** A start is told once: the end, which comes after it, must not wait. */
function isWorthAnother(error: unknown, { event }: Notice, { attempt }: Patience): error is ClawbackError {
  return event !== 'start' && hasCode(error, 'UNAVAILABLE') && (error.retryAfter ?? 0) <= attempt;
}

/** Ends the wait even for a sender that does not listen to its signal. */
async function withinTime<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new ClawbackError('UNAVAILABLE', `no answer in ${milliseconds / 1000} s`);
    reject(error);
    controller.abort(error);
  }, milliseconds);
  try {
    return await Promise.race([work(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error that no sender has translated may name the URL: what it says stays here. */
function asOurs(thrown: unknown): ClawbackError {
  return thrown instanceof ClawbackError ? thrown : new ClawbackError('FAILED', 'the notice could not be sent');
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
