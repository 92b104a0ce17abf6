import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import type { Listed, Page, Totals } from './manifest.ts';

/** Entries of one page: about 60 KB compressed, most of it hashes. */
const PAGE_ENTRIES = 1024;

/** Gathers the lines of a list, in the order of capture, and pages them in the order of their paths. */
export class FileListWriter {
  readonly #entries: Listed[] = [];

  add(entry: Listed): void {
    this.#entries.push(entry);
  }

  finish(): Totals & { listed: readonly Listed[]; pages: { page: Page; bytes: Buffer }[] } {
    const sorted = this.#entries.sort((a, b) => (a.path < b.path ? -1 : 1));
    const pages: { page: Page; bytes: Buffer }[] = [];
    let offset = 0;
    for (let start = 0; start < sorted.length; start += PAGE_ENTRIES) {
      const entries = sorted.slice(start, start + PAGE_ENTRIES);
      const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      pages.push({ page: { first: entries[0]?.path ?? '', offset, length: bytes.length, sha256 }, bytes });
      offset += bytes.length;
    }
    const files = sorted.filter((entry) => entry.type === 'file');
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    return { entries: sorted.length, files: files.length, bytes, listed: sorted, pages };
  }
}

/**
 * The lines of one page.
 *
 * @param parse reads one line
 * @throws ClawbackError `INTEGRITY` if the bytes are not what the manifest says, or an entry is not safe to extract.
 */
export function parsePage<E>(page: Page, bytes: Buffer, parse: (line: string) => E): E[] {
  const found = createHash('sha256').update(bytes).digest('hex');
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
