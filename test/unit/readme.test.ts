import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/configuration.md', 'docs/format.md'];

/** Every command line of Clawback in a page's code blocks, without its comment. */
function commandLines(page: string): string[] {
  const blocks = [...read(page).matchAll(/```\w*\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.split('\n'))
    .map((line) => line.replace(/^\$ /, '').replace(/\s+#.*$/, ''))
    .filter((line) => line.startsWith('clawback '));
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

const README_LINES = commandLines('README.md');

it('the README shows command lines', () => {
  expect(README_LINES.length).toBeGreaterThan(15);
});

it.each(README_LINES)('%s: the command has the options that the README shows', async (line) => {
  const [, ...words] = line.split(/\s+/);
  const command = ['key', 'schedule', 'notify', 'storage'].includes(words[0] ?? '')
    ? words.slice(0, 2)
    : words.slice(0, 1);
  const { code, stdout } = await runCli([...command, '--help'], { env: { HOME: '/nonexistent' } });
  expect(code).toBe(0);
  for (const option of words.filter((word) => word.startsWith('--'))) expect(stdout).toContain(`${option} `);
});

describe.each(PAGES)('%s', (page) => {
  it('links to what exists', () => {
    const links = [...read(page).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, target = '']) => target);
    const missing = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(ROOT, dirname(page), link)));
    expect(missing).toEqual([]);
  });
});
