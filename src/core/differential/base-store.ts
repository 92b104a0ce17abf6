import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../ports/errors.ts';
import { isRecord } from '../openclaw/config-value.ts';
import type { Base } from '../archive/manifest.ts';

/** The last full snapshot of an instance, as this host remembers it. */
export interface RememberedBase extends Base {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Size of the sealed object. */
  readonly bytes: number;
  /** Whom it was sealed to, and who signed it. */
  readonly recipients: readonly string[];
  readonly signer: string;
  /** Destinations that are known to have taken it. */
  readonly heldBy: readonly string[];
  /** Size of the largest differential snapshot that was made against it; 0 if none was. */
  readonly largestDifferential: number;
}

/**
 * Where a host keeps what it remembers of the last full snapshot of an instance: names, times and hashes, no content. Lost or
 * damaged, it costs one full snapshot. Used only under the instance's lock.
 */
export class BaseStore {
  readonly #directory: string;

  /** @param workDir Clawback's own state directory */
  constructor(workDir: string, instance: string) {
    this.#directory = join(workDir, 'bases', instance);
  }

  /** What a differential snapshot names as its base, and the file with the record of its tree. */
  reference({ id, digest, manifest }: RememberedBase): { readonly base: Base; readonly tree: string } {
    return { base: { id, digest, manifest }, tree: this.#treeOf(id) };
  }

  /** Null if none is remembered. */
  async load(): Promise<RememberedBase | null> {
    try {
      const value: unknown = JSON.parse(await readFile(join(this.#directory, 'base.json'), 'utf8'));
      return isRecord(value) && typeof value['id'] === 'string' ? (value as unknown as RememberedBase) : null;
    } catch (error) {
      if (error instanceof SyntaxError || systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Takes the place of what was remembered before. @param tree a file on the same file system, which is moved. */
  async keep(base: RememberedBase, tree: string): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await rename(tree, this.#treeOf(base.id));
    await this.#write(base);
    for (const name of await readdir(this.#directory)) {
      if (name !== 'base.json' && name !== `${base.id}.tree`) await rm(join(this.#directory, name), { force: true });
    }
  }

  /** Notes a differential snapshot that was made against it, of so many bytes. */
  async outgrow(base: RememberedBase, bytes: number): Promise<void> {
    if (bytes > base.largestDifferential) await this.#write({ ...base, largestDifferential: bytes });
  }

  #treeOf(id: string): string {
    return join(this.#directory, `${id}.tree`);
  }

  async #write(base: RememberedBase): Promise<void> {
    const part = join(this.#directory, 'base.json.part');
    await writeFile(part, `${JSON.stringify(base, null, 2)}\n`, { mode: 0o600 });
    await rename(part, join(this.#directory, 'base.json'));
  }
}
