import { describe, expect, it } from 'vitest';
import { broadcasting, notify } from '../../../src/core/notify.ts';
import { type Subscription, wants } from '../../../src/core/notify/subscription.ts';
import { ClawbackError } from '../../../src/ports/errors.ts';
import type { Sender } from '../../../src/ports/notifier.ts';
import { notification } from './notify/notifications.ts';

const PATIENCE = { attempt: 200, pause: 5 };

function subscription(name: string, send: Sender['send'], rest: Partial<Subscription> = {}): Subscription {
  return {
    name,
    on: ['failure'],
    sender: { kind: 'webhook', host: 'example.org', hearsStarts: false, send },
    ...rest,
  };
}

function refusing(...errors: readonly Error[]): { readonly send: Sender['send']; readonly calls: () => number } {
  let calls = 0;
  const send = (): Promise<void> => {
    const error = errors[calls++];
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
  return { send, calls: () => calls };
}

describe('notify', () => {
  it('is done with the others at once, and with a dead one after two attempts', async () => {
    const order: string[] = [];
    const alive = subscription('alive', () => Promise.resolve(void order.push('alive')));
    const dead = subscription('dead', () => new Promise(() => undefined));
    const began = performance.now();
    const sent = await notify(notification(), [dead, dead, dead, alive], PATIENCE);
    const took = performance.now() - began;
    expect(sent.map(({ error }) => error === null)).toEqual([false, false, false, true]);
    expect(sent[0]?.error).toMatchObject({ code: 'UNAVAILABLE', message: 'no answer in 0.2 s' });
    expect(order).toEqual(['alive']);
    expect(took).toBeGreaterThan(2 * PATIENCE.attempt - 20);
    // Three dead ones one after the other would take 1200 ms.
    expect(took).toBeLessThan(1100);
  });

  it('tries once more when that may help, and only then', async () => {
    const once = refusing(new ClawbackError('UNAVAILABLE', 'answered 503'));
    const twice = refusing(...Array.from({ length: 3 }, () => new ClawbackError('UNAVAILABLE', 'answered 503')));
    const denied = refusing(new ClawbackError('DENIED', 'answered 403'));
    const later = refusing(new ClawbackError('UNAVAILABLE', 'answered 429', { retryAfter: 60_000 }));
    const all = [once, twice, denied, later];
    const sent = await notify(
      notification(),
      all.map(({ send }, index) => subscription(String(index), send)),
      PATIENCE,
    );
    expect(sent.map(({ error }) => error === null)).toEqual([true, false, false, false]);
    expect(all.map(({ calls }) => calls())).toEqual([2, 2, 1, 1]);
  });

  it('tells of a start once', async () => {
    const { send, calls } = refusing(new ClawbackError('UNAVAILABLE', 'answered 503'));
    const { on, sender, name } = subscription('watch', send, { on: ['success'] });
    const start = notification({ event: 'start', ok: true });
    const [sent] = await notify(start, [{ name, on, sender: { ...sender, hearsStarts: true } }], PATIENCE);
    expect([sent?.error?.code, calls()]).toEqual(['UNAVAILABLE', 1]);
  });

  it('says whom it could not tell, by name and kind', async () => {
    const { send } = refusing(new ClawbackError('DENIED', 'the service answered 403'));
    const notifier = broadcasting(
      [subscription('chat', send), subscription('mail', () => Promise.resolve())],
      PATIENCE,
    );
    expect(await notifier.notify(notification())).toEqual([
      'the notifier chat (webhook) was not told: the service answered 403',
    ]);
  });

  it('repeats nothing of an error that nobody has translated', async () => {
    const { send } = refusing(new Error('connect to https://hooks.slack.com/services/SECRET failed'));
    const [sent] = await notify(notification(), [subscription('chat', send)], PATIENCE);
    expect(sent?.error?.message).toBe('the notice could not be sent');
  });
});

describe('a notifier', () => {
  const on = (...events: Subscription['on']) => subscription('a', () => Promise.resolve(), { on: events });
  const listening = (...events: Subscription['on']): Subscription => {
    const plain = on(...events);
    return { ...plain, sender: { ...plain.sender, hearsStarts: true } };
  };

  it('is told of what it asked for, and of every failure if it asked for those', () => {
    expect(wants(on('failure'), notification())).toBe(true);
    expect(wants(on('success'), notification())).toBe(false);
    expect(wants(on('failure'), notification({ event: 'drill', job: 'drill', ok: false }))).toBe(true);
    expect(wants(on('failure'), notification({ event: 'drill', job: 'drill', ok: true }))).toBe(false);
    expect(wants(on('drill'), notification({ event: 'drill', job: 'drill', ok: true }))).toBe(true);
    expect(wants(on('failure'), notification({ event: 'overdue' }))).toBe(false);
    expect(wants(on('overdue'), notification({ event: 'overdue' }))).toBe(true);
    expect(wants(on('drill'), notification({ event: 'test', ok: true }))).toBe(true);
  });

  it('that measures time is told of starts whose end it will hear of', () => {
    const start = notification({ event: 'start', ok: true });
    expect(wants(listening('success'), start)).toBe(true);
    expect(wants(listening('failure'), start)).toBe(false);
    expect(wants(listening('success'), { ...start, job: 'drill' })).toBe(false);
    expect(wants(listening('drill'), { ...start, job: 'drill' })).toBe(true);
    expect(wants(on('success'), start)).toBe(false);
  });
});
