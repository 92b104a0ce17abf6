import { lstatSync, type Stats } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stamp } from '../stamp.ts';
import { copyDatabase, type CopyOptions } from './database.ts';
import { companionsOf } from './seen.ts';
import type { FoundFile } from './walk.ts';

/** A database that is being copied; what it and its companions were when that began. */
export interface Copying {
  readonly stats: Stats;
  readonly companions: readonly (Stamp | null)[];
  readonly copy: string;
  readonly ended: Promise<void>;
}

/** Consistent copies of databases in a private directory. */
export class DatabaseCopies {
  readonly #stage: string;
  readonly #kept = new Map<string, string>();
  readonly #expected = new Map<string, PromiseWithResolvers<string | null>>();
  #begun = 0;

  /** @param stage the directory */
  constructor(stage: string) {
    this.#stage = stage;
  }

  /** From here on, what is written to the database is not in the copy. */
  begin({ source, stats }: FoundFile, options: CopyOptions): Copying {
    const copy = this.#pathOf(this.#begun++);
    // Looked at before it is copied: what is written meanwhile must be a change to whoever looks again.
    const before = { stats: stats ?? lstatSync(source), companions: companionsOf(source) };
    const ended = copyDatabase(source, copy, options);
    // Whoever waits for it hears of a failure.
    ended.catch(() => undefined);
    return { ...before, copy, ended };
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

  #pathOf(number: number): string {
    return join(this.#stage, `${number}.sqlite`);
  }
}
