import { hash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import type { Listed, Page, Totals } from './manifest.ts';

/** Entries of one page: about 60 KB compressed, most of it hashes. */
const PAGE_ENTRIES = 1024;

interface ListedPage {
  readonly page: Page;
  readonly bytes: Buffer;
}

/** A list that nothing is added to any more. */
export interface FinishedList {
  readonly totals: Totals;
  /** All pages together, in bytes. */
  readonly length: number;
  /** In the order of their paths. */
  readonly listed: () => Listed[];
  /** Each is made when it is asked for, so that the first can be on its way while the next is made. */
  readonly pages: () => Iterable<ListedPage>;
}

/** Gathers the lines of a list, in the order of capture, and pages them in the order of their paths. */
export class FileListWriter {
  readonly #entries: Listed[] = [];
  /** Of the first entries, as many as have been written. */
  readonly #lines: string[] = [];
  #length = 0;

  add(entry: Listed): void {
    this.#entries.push(entry);
  }

  /** Writes the lines of a page's worth of entries, for when there is nothing better to do: at the end others would wait for it. */
  ahead(): void {
    const end = Math.min(this.#lines.length + PAGE_ENTRIES, this.#entries.length);
    for (const entry of this.#entries.slice(this.#lines.length, end)) {
      const line = `${JSON.stringify(entry)}\n`;
      this.#lines.push(line);
      this.#length += Buffer.byteLength(line);
    }
  }

  finish(): FinishedList {
    const entries = this.#entries;
    while (this.#lines.length < entries.length) this.ahead();
    const pathAt = (index: number): string => entries[index]?.path ?? '';
    const order = [...entries.keys()].sort((a, b) => (pathAt(a) < pathAt(b) ? -1 : 1));
    const totals = { entries: entries.length, files: 0, bytes: 0 };
    for (const entry of entries) {
      if (entry.type !== 'file') continue;
      totals.files += 1;
      totals.bytes += entry.size;
    }
    return {
      totals,
      length: this.#length,
      listed: () => order.flatMap((index) => entries[index] ?? []),
      pages: () => this.#pages(order, pathAt),
    };
  }

  *#pages(order: readonly number[], pathAt: (index: number) => string): Generator<ListedPage> {
    let offset = 0;
    for (let start = 0; start < order.length; start += PAGE_ENTRIES) {
      const indices = order.slice(start, start + PAGE_ENTRIES);
      const bytes = Buffer.from(indices.map((index) => this.#lines[index]).join(''));
      const page = { first: pathAt(indices[0] ?? 0), offset, length: bytes.length, sha256: hash('sha256', bytes) };
      yield { page, bytes };
      offset += bytes.length;
    }
  }
}

/**
 * The lines of one page.
 *
 * @param parse reads one line
 * @throws ClawbackError `INTEGRITY` if the bytes are not what the manifest says, or an entry is not safe to extract.
 */
export function parsePage<E>(page: Page, bytes: Buffer, parse: (line: string) => E): E[] {
  const found = hash('sha256', bytes);
  if (found !== page.sha256) {
    throw new ClawbackError('INTEGRITY', `the file list is damaged: expected ${page.sha256}, found ${found}`);
  }
  return bytes.toString('utf8').split('\n').slice(0, -1).map(parse);
}

/** The pages that can hold paths from `from` up to, but not including, `to`. */
export function pagesBetween(pages: readonly Page[], from: string, to: string): Page[] {
  return pages.filter((page, index) => {
    const next = pages[index + 1];
    return page.first < to && (next === undefined || next.first > from);
  });
}
