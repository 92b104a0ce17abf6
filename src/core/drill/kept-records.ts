import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../ports/errors.ts';
import { parseRecord, type DrillRecord } from './record.ts';
import { recordName } from './sealed-record.ts';

/** How many whole reports this host keeps of an instance, some kilobytes each: a daily drill of nearly two months. */
const KEPT = 50;

const FILE = /^(\d{8}T\d{6}Z-[0-9a-f]{16})\.json$/;

/** A record and its name, by which records are in the order of time. */
export interface KeptRecord {
  readonly name: string;
  readonly record: DrillRecord;
}

/** The reports of drills that were made on this host, of one instance. */
export class KeptRecords {
  readonly #directory: string;

  /** @param stateDir Clawback's own state directory. */
  constructor(stateDir: string, instance: string) {
    this.#directory = join(stateDir, 'drills', instance);
  }

  /** Keeps a record, and lets go of the oldest. */
  async add(record: DrillRecord): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const text = JSON.stringify(record);
    const name = recordName(record.at, createHash('sha256').update(text).digest('hex'));
    const part = join(this.#directory, `${name}.part`);
    {
      await using file = await open(part, 'w', 0o600);
      await file.writeFile(text);
      await file.sync();
    }
    await rename(part, join(this.#directory, `${name}.json`));
    for (const old of (await this.#names()).toReversed().slice(KEPT)) await rm(join(this.#directory, `${old}.json`));
  }

  /** The newest; null if there is none. */
  async last(): Promise<KeptRecord | null> {
    const name = (await this.#names()).at(-1);
    if (name === undefined) return null;
    const path = join(this.#directory, `${name}.json`);
    return { name, record: parseRecord(await readFile(path, 'utf8'), path) };
  }

  /** In the order of time. */
  async #names(): Promise<string[]> {
    try {
      return (await readdir(this.#directory)).flatMap((file) => FILE.exec(file)?.[1] ?? []).sort();
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }
  }
}
