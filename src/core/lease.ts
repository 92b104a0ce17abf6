import type { Clock } from '../ports/clock.ts';
import { ClawbackError, hasCode } from '../ports/errors.ts';
import type { Storage } from '../ports/storage.ts';
import {
  leaseBody,
  type LeaseHolder,
  leaseKey,
  leaseNumbers,
  type LeaseRecord,
  type NewestLease,
  readLease,
} from './lease/record.ts';

export interface LeaseRequest {
  readonly instance: string;
  readonly storage: Storage;
  readonly holder: LeaseHolder;
  readonly timing: LeaseTiming;
  /** Milliseconds to wait for another holder to go; infinite to wait for ever. */
  readonly patience: number;
  /** True if a person says that whoever holds it is dead. */
  readonly takeOver: boolean;
}

/** All in milliseconds. */
export interface LeaseTiming {
  /** How long a lease lasts that is not renewed. */
  readonly lifetime: number;
  /** How long its holder needs to stop what it may do only while it holds it; a part of the lifetime. */
  readonly stop: number;
  /**
   * How long a storage that cannot create exclusively may take from looking whether a key is free to having written it. Of two that
   * came at once, the one whose object is there after this time is the holder.
   */
  readonly settle: number;
}

export interface LeasePorts {
  readonly clock: Clock;
  /** Told who holds it, once for each holder that is waited for. */
  readonly onWait: (holder: LeaseHolder | null) => void;
  readonly onTrouble: (message: string) => void;
}

/** The newest lease that one who waits has seen, and since when. */
interface Watched {
  readonly number: number;
  readonly since: number;
  readonly holder: string;
}

/** How often a lease is renewed in its lifetime, if all goes well. */
const RENEWALS = 3;

/** Milliseconds between two looks, for one who waits; and between two attempts to renew. */
const LOOK_AGAIN = 2000;

/**
 * Keeps two hosts from running one instance at the same time: a series of numbered objects in its storage, of which the newest
 * counts. Each is created only if absent, so that of two hosts one creates it; renewing is creating the next.
 *
 * No clock of another host is trusted. A lease is dead when somebody who watches it has seen no newer one for its lifetime, on his
 * own clock; its holder counts from before it asked the storage, so that it knows earlier that it has lost it than anybody else does.
 */
export class Lease implements AsyncDisposable {
  readonly #request: LeaseRequest;
  readonly #ports: LeasePorts;
  readonly #lost = new AbortController();
  readonly #closing = new AbortController();
  #number: number;
  /** When the last renewal was asked for; monotonic. */
  #renewedAt: number;
  #keeping: Promise<void> = Promise.resolve();

  private constructor(request: LeaseRequest, ports: LeasePorts, claim: { number: number; at: number }) {
    this.#request = request;
    this.#ports = ports;
    this.#number = claim.number;
    this.#renewedAt = claim.at;
  }

  /**
   * Takes the lease when it is free. Only {@link settled} says that it is held for sure.
   *
   * @throws ClawbackError `LOCKED` if another host holds it for longer than is to be waited; what the storage rejects with.
   */
  static async acquire(request: LeaseRequest, ports: LeasePorts, signal: AbortSignal): Promise<Lease> {
    const { clock, onWait } = ports;
    const began = clock.monotonic();
    let { takeOver } = request;
    let watched = null as Watched | null;
    for (;;) {
      const newest = await look(request, signal);
      const now = clock.monotonic();
      const lifetime = Math.max(newest?.record?.lifetime ?? 0, request.timing.lifetime);
      const isDead = newest !== null && watched?.number === newest.number && now - watched.since > lifetime;
      if (newest === null || newest.record?.state === 'released' || isDead || takeOver) {
        const claim = { number: (newest?.number ?? 0) + 1, at: now };
        if (await create(request, { ...claim, state: 'held', at: clock.now() }, signal)) {
          const lease = new Lease(request, ports, claim);
          lease.#keeping = lease.#keep();
          return lease;
        }
        // Somebody was faster, perhaps another person who takes over: he holds it like anybody else.
        takeOver = false;
        continue;
      }
      const holder = newest.record?.holder ?? null;
      if (holder?.id !== watched?.holder || watched === null) onWait(holder);
      if (watched?.number !== newest.number) watched = { number: newest.number, since: now, holder: holder?.id ?? '' };
      if (now - began >= request.patience) throw heldBy(request.instance, holder);
      await clock.sleep(Math.min(LOOK_AGAIN, lifetime / RENEWALS), signal);
    }
  }

  /** Fires when it may not be counted on any more, early enough to stop what depends on it; the reason is a ClawbackError `LOCKED`. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /**
   * Resolves when no other host can have taken the lease at the same moment.
   *
   * @throws ClawbackError `LOCKED` if one has.
   */
  async settled(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const { settle } = this.#request.timing;
    await clock.sleep(Math.max(0, this.#renewedAt + settle - clock.monotonic()), signal);
    await this.#check(signal);
    this.lost.throwIfAborted();
  }

  /** Gives the lease back, so that nobody need wait; if that fails it dies by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#keeping;
    if (this.lost.aborted) return;
    const { clock, onTrouble } = this.#ports;
    const { timing } = this.#request;
    const limit = new AbortController();
    const late = clock.sleep(timing.stop, limit.signal).catch(() => undefined);
    const releasing = this.#release(limit.signal).catch((error: unknown) => {
      onTrouble(`the lease could not be given back, and ends by itself: ${messageOf(error)}`);
    });
    await Promise.race([releasing, late]);
    limit.abort();
  }

  async #keep(): Promise<void> {
    const { clock, onTrouble } = this.#ports;
    const { lifetime, stop } = this.#request.timing;
    let isTroubled = false;
    while (!this.#isOver()) {
      const wait = isTroubled ? LOOK_AGAIN : this.#renewedAt + lifetime / RENEWALS - clock.monotonic();
      const end = this.#renewedAt + lifetime - stop;
      await this.#pause(Math.min(wait, end - clock.monotonic()));
      if (this.#isOver()) return;
      try {
        await this.#within(end, (signal) => this.#renew(signal));
        isTroubled = false;
      } catch (error) {
        if (this.#isOver()) return;
        if (clock.monotonic() >= end) this.#lose(`the lease could not be renewed in time: ${messageOf(error)}`);
        else if (!isTroubled) onTrouble(`the lease could not be renewed so far: ${messageOf(error)}`);
        isTroubled = true;
      }
    }
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const at = clock.monotonic();
    await this.#check(signal);
    if (this.lost.aborted) return;
    const number = this.#number + 1;
    // Taken: by somebody else, or by an earlier attempt of ours that came through late. The next look tells.
    if (!(await create(this.#request, { number, state: 'held', at: clock.now() }, signal))) return;
    this.#number = number;
    this.#renewedAt = at;
    await this.#forget(signal);
  }

  async #release(signal: AbortSignal): Promise<void> {
    await this.#check(signal);
    if (this.lost.aborted) return;
    const number = this.#number + 1;
    if (!(await create(this.#request, { number, state: 'released', at: this.#ports.clock.now() }, signal))) return;
    this.#number = number;
    await this.#forget(signal);
  }

  /** Deletes what counts no more. Until then it does no harm. */
  async #forget(signal: AbortSignal): Promise<void> {
    const { storage, instance } = this.#request;
    for (const number of await leaseNumbers(storage, instance, signal)) {
      if (number < this.#number) await storage.delete(leaseKey(instance, number), { signal }).catch(() => undefined);
    }
  }

  /** Loses the lease if somebody else's object is the newest. */
  async #check(signal: AbortSignal): Promise<void> {
    const newest = await look(this.#request, signal);
    const { holder } = this.#request;
    if (newest?.record?.holder.id === holder.id) this.#number = Math.max(this.#number, newest.number);
    else if (newest !== null && newest.number >= this.#number) {
      this.#lose(`${newest.record?.holder.hostname ?? 'another host'} has taken over`);
    }
  }

  #isOver(): boolean {
    return this.#closing.signal.aborted || this.lost.aborted;
  }

  #lose(why: string): void {
    const error = new ClawbackError('LOCKED', `this host may not run ${this.#request.instance} any more: ${why}`, {
      hint: 'see which host runs it now; the state directory here is left as it is',
    });
    this.#lost.abort(error);
  }

  async #pause(milliseconds: number): Promise<void> {
    if (milliseconds > 0) await this.#ports.clock.sleep(milliseconds, this.#closing.signal).catch(() => undefined);
  }

  /** Gives up at that time, also on a storage that does not listen to its signal. */
  async #within(end: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock } = this.#ports;
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#closing.signal]);
    const late = clock.sleep(Math.max(0, end - clock.monotonic()), signal).then(() => {
      throw new ClawbackError('UNAVAILABLE', 'the storage does not answer');
    });
    try {
      await Promise.race([work(signal), late]);
    } finally {
      over.abort();
      late.catch(() => undefined);
    }
  }
}

async function look({ storage, instance }: LeaseRequest, signal: AbortSignal): Promise<NewestLease | null> {
  for (;;) {
    const number = (await leaseNumbers(storage, instance, signal)).at(-1);
    if (number === undefined) return null;
    try {
      return { number, record: await readLease(storage, { instance, number }, signal) };
    } catch (error) {
      // Renewed between the two requests.
      if (!hasCode(error, 'NOT_FOUND')) throw error;
    }
  }
}

/** False if the number is somebody else's. */
async function create(
  { storage, instance, holder, timing }: LeaseRequest,
  { number, state, at }: { readonly number: number; readonly state: LeaseRecord['state']; readonly at: Date },
  signal: AbortSignal,
): Promise<boolean> {
  const body = leaseBody({ holder, state, lifetime: timing.lifetime, at: at.toISOString() });
  try {
    await storage.put(leaseKey(instance, number), body, { signal });
    return true;
  } catch (error) {
    if (hasCode(error, 'EXISTS')) return false;
    throw error;
  }
}

function heldBy(instance: string, holder: LeaseHolder | null): ClawbackError {
  return new ClawbackError('LOCKED', `${instance} runs on another host: ${holder?.hostname ?? 'unknown'}`, {
    hint: 'stop it there first; if that host is dead, wait for its lease to end, or say --take-over',
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
