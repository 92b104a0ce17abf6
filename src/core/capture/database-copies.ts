import { lstatSync, type Stats } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stamp } from '../stamp.ts';
import { checkCopy, copyDatabase, type DatabaseCopy } from './database.ts';
import { companionsOf } from './seen.ts';
import type { SpareTime } from './spare-time.ts';
import type { FoundFile } from './walk.ts';

/** OpenClaw's own databases, without which nothing is restored; the rest belongs to browsers, plugins and people. */
const OWN_DATABASES = /^(?:state\/(?:state|agents)\/|agent-\d+\/)/;

/** How long to wait for a lock on a database that is not OpenClaw's, in milliseconds: there may be dozens. */
const OTHERS_PATIENCE_MS = 500;

/** True for the path at which OpenClaw keeps a database of its own. */
export function isOwnDatabase(path: string): boolean {
  return OWN_DATABASES.test(path);
}

/** A database that is being copied; what it and its companions were when that began. */
export interface Copying {
  readonly stats: Stats;
  readonly companions: readonly (Stamp | null)[];
  readonly copy: string;
  /** Once it is copied, what looks the copy through unless that has been done; throws what SQLite does. */
  readonly checked: Promise<() => DatabaseCopy>;
}

/** Consistent copies of databases in a private directory. */
export class DatabaseCopies {
  readonly #stage: string;
  readonly #spare: SpareTime;
  readonly #kept = new Map<string, string>();
  readonly #expected = new Map<string, PromiseWithResolvers<string | null>>();
  #begun = 0;

  /**
   * @param stage the directory
   * @param spare when copies are looked through, if they are not asked for before
   */
  constructor(stage: string, spare: SpareTime) {
    this.#stage = stage;
    this.#spare = spare;
  }

  /** From here on, what is written to the database is not in the copy. One of OpenClaw's own is kept if it is found to be whole. */
  begin({ source, stats, path }: FoundFile): Copying {
    const copy = this.#pathOf(this.#begun++);
    // Looked at before it is copied: what is written meanwhile must be a change to whoever looks again.
    const before = { stats: stats ?? lstatSync(source), companions: companionsOf(source) };
    const ended = copyDatabase(source, copy, isOwnDatabase(path) ? {} : { patience: OTHERS_PATIENCE_MS });
    const checked = ended.then(() => this.#spare.later(() => this.#check(copy, { source, path })));
    // Whoever waits for it hears of a failure.
    checked.catch(() => undefined);
    return { ...before, copy, checked };
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

  /** To be called when nobody will ask for one any more. */
  async remove(): Promise<void> {
    this.#kept.clear();
    while (this.#begun > 0) await rm(this.#pathOf(--this.#begun), { force: true });
  }

  #check(copy: string, { source, path }: Pick<FoundFile, 'source' | 'path'>): DatabaseCopy {
    const made = checkCopy(copy);
    if (made.problem === null && isOwnDatabase(path)) this.keep(source, copy);
    return made;
  }

  #pathOf(number: number): string {
    return join(this.#stage, `${number}.sqlite`);
  }
}
