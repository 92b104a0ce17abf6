import { lstatSync, type Stats } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { areSame, type Stamp } from '../stamp.ts';
import { CheckThread } from './check-thread.ts';
import { checkCopy, copyDatabase, type DatabaseCopy, isQuiet, readableAsItIs } from './database.ts';
import { Disturbed } from './disturbed.ts';
import { type AtRest, isAtRest } from './own-clock.ts';
import { companionsOf, stampOf } from './seen.ts';
import type { FoundFile } from './walk.ts';

/** OpenClaw's own databases, without which nothing is restored; the rest belongs to browsers, plugins and people. */
const OWN_DATABASES = /^(?:state\/(?:state|agents)\/|agent-\d+\/)/;

/** How long to wait for a lock on a database that is not OpenClaw's, in milliseconds: there may be dozens. */
const OTHERS_PATIENCE_MS = 500;

/** A database from this size on is looked through in another thread, which takes some 30 ms to start; 32 MiB. */
const LARGE_BYTES = 32 * 1024 * 1024;

/** True for the path at which OpenClaw keeps a database of its own. */
export function isOwnDatabase(path: string): boolean {
  return OWN_DATABASES.test(path);
}

/** A database that is being copied; what it and its companions were when that began. */
export interface Copying {
  readonly stats: Stats;
  readonly companions: readonly (Stamp | null)[];
  /** Where it is to be read: a copy that nobody else knows of, or the database itself. */
  readonly copy: string;
  /** What the copy turned out to be; SQLite's error if it could not be made, or opened. */
  readonly checked: Promise<DatabaseCopy>;
}

/** Databases as each was at one time: copies in a private directory, or where they lie if nobody has them open. */
export class DatabaseCopies {
  readonly #stage: string;
  readonly #atRest: AtRest | null;
  /** What those were that are read where they lie; by path. */
  readonly #inPlace = new Map<string, Stamp>();
  readonly #kept = new Map<string, string>();
  readonly #expected = new Map<string, PromiseWithResolvers<string | null>>();
  #begun = 0;
  #removed = Promise.resolve();
  #thread: CheckThread | null = null;

  /**
   * @param stage the directory
   * @param atRest what nobody has changed since the backup began; null to copy every database
   */
  constructor(stage: string, atRest: AtRest | null = null) {
    this.#stage = stage;
    this.#atRest = atRest;
  }

  /** From here on, what is written to the database is not in the copy. One of OpenClaw's own is kept if it is found to be whole. */
  begin(found: FoundFile): Copying {
    const { source, path } = found;
    const before = seenOf(found);
    const copy = this.#pathOf(this.#begun++);
    const ended = copyDatabase(source, copy, isOwnDatabase(path) ? {} : { patience: OTHERS_PATIENCE_MS });
    return this.#checking(found, before, { copy, ended });
  }

  /**
   * The same for one that is read last, and is as large as all else: it is not copied if nobody has it open, as while the Gateway is
   * stopped. `confirm` tells whether that has stayed so.
   */
  settle(found: FoundFile): Copying {
    const { source } = found;
    const before = seenOf(found);
    if (this.#atRest === null || !isAtRest(before.stats, this.#atRest) || !isQuiet(source)) return this.begin(found);
    this.#inPlace.set(source, stampOf(before.stats));
    return this.#checking(found, before, { copy: source, ended: Promise.resolve() });
  }

  /** @throws Disturbed if a database that was read where it lies has been opened since. */
  confirm(): void {
    for (const [source, before] of this.#inPlace) {
      const stats = lstatSync(source, { throwIfNoEntry: false });
      if (stats === undefined || !areSame(before, stampOf(stats)) || !isQuiet(source)) throw new Disturbed(source);
    }
  }

  #checking(
    { source, path }: FoundFile,
    before: Pick<Copying, 'stats' | 'companions'>,
    { copy, ended }: { readonly copy: string; readonly ended: Promise<void> },
  ): Copying {
    // Started now, so that it is there when the copy is.
    const thread = before.stats.size < LARGE_BYTES ? null : (this.#thread ??= new CheckThread());
    const checked = ended.then(async () => {
      const made = thread === null ? checkCopy(copy) : await thread.check(copy);
      if (made.problem === null && isOwnDatabase(path)) this.keep(source, readableAsItIs(copy));
      return made;
    });
    // Whoever waits for it hears of a failure.
    checked.catch(() => undefined);
    return { ...before, copy, checked };
  }

  /** Removes a copy that nobody will ask for; a database that is read where it lies stays there. */
  async drop(copy: string): Promise<void> {
    if (dirname(copy) === this.#stage) await rm(copy, { force: true });
  }

  /** Remembers what to read to know what is in a database. */
  keep(source: string, readable: string): void {
    this.#kept.set(source, readable);
    this.#expected.get(source)?.resolve(readable);
  }

  /** What was kept for the database at this absolute path; null if there is none. */
  of(source: string): string | null {
    return this.#kept.get(source) ?? null;
  }

  /** The same as soon as there is one, or once it is clear that there will be none. */
  async expect(source: string): Promise<string | null> {
    const kept = this.of(source);
    if (kept !== null) return kept;
    const expected = this.#expected.get(source) ?? Promise.withResolvers<string | null>();
    this.#expected.set(source, expected);
    return expected.promise;
  }

  /** No more will be kept. */
  close(): void {
    for (const { resolve } of this.#expected.values()) resolve(null);
  }

  /** To be called when nobody will ask for one any more; `removed` tells when they are gone. */
  remove(): void {
    this.#kept.clear();
    this.#removed = this.#remove();
    // Whoever waits for it hears of a failure.
    this.#removed.catch(() => undefined);
  }

  /** Waits for what `remove` has begun. */
  get removed(): Promise<void> {
    return this.#removed;
  }

  async #remove(): Promise<void> {
    await this.#thread?.end();
    while (this.#begun > 0) await rm(this.#pathOf(--this.#begun), { force: true });
  }

  #pathOf(number: number): string {
    return join(this.#stage, `${number}.sqlite`);
  }
}

/** Looked at before it is copied: what is written meanwhile must be a change to whoever looks again. */
function seenOf({ source, stats }: FoundFile): Pick<Copying, 'stats' | 'companions'> {
  return { stats: stats ?? lstatSync(source), companions: companionsOf(source) };
}
