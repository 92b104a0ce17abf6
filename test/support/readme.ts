import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** The text of the first code block after a heading (of the whole page: ''), without its fences. */
export function readmeBlock(heading: string): string {
  const from = heading === '' ? 0 : README.indexOf(`\n## ${heading}\n`);
  const block = from < 0 ? null : /```\w*\n([\s\S]*?)```/.exec(README.slice(from));
  if (block?.[1] === undefined) throw new Error(`the README has no code block under "${heading}"`);
  return block[1];
}
