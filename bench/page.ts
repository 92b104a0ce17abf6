import { type Bar, bars } from './bars.ts';
import { median, ratio, type Result, type Section } from './results.ts';

const OURS = 'Clawback';

/**
 * Everything that was measured, as the page `RESULTS.md`.
 *
 * @param limits what is to be said about bars that are not met, as Markdown; comments in it are not for readers
 */
export function page(sections: readonly Section[], limits: string): string {
  const results = sections.flatMap((section) => section.results);
  const tables = sections.flatMap((section) => [
    `## ${section.name}`,
    `${section.at.slice(0, 10)}, ${section.machine}${withoutOf(section)}`,
    ...worksOf(section),
  ]);
  const said = limits.replaceAll(/<!--.*?-->/gs, '').trim();
  const parts = [HEAD, '## Bars', barTable(bars(results)), ...(said === '' ? [] : [said]), ...tables];
  return `${parts.join('\n\n')}\n`;
}

/** So that nobody takes what was not there for what was not compared. */
function withoutOf({ missing }: Section): string {
  return missing.length === 0 ? '' : `; left out: ${missing.join(', ')}`;
}

const HEAD = `# Results

Written by \`npm run bench\`, which builds what is measured and runs all programs in turn, each round from another one on. Times are medians of wall time; _ratio_ is the median
of Clawback's time divided by the other's, run by run, so below 1 Clawback is faster. MB are millions of bytes: what was stored, or was
added to what was stored. Programs that were not installed are left out, and said to be. \`openclaw backup create\` leaves out the transcripts of its sessions (a fifth of \`mixed\`) and does not encrypt.`;

function barTable(all: readonly Bar[]): string {
  const rows = all.map(({ says, found, limit, unit }) => {
    const verdict = found === null ? 'not measured' : found <= limit ? 'met' : '**not met**';
    return [says, `≤ ${limit} ${unit}`, found === null ? '' : `${shown(found)} ${unit}`, verdict];
  });
  return table(['what', 'bar', 'found', ''], rows);
}

function worksOf({ results }: Section): string[] {
  return [...Map.groupBy(results, ({ work, corpus }) => `${work}, ${corpus}`)].flatMap(([title, contest]) => {
    const ours = contest.find(({ who }) => who === OURS);
    const rows = contest.map((result) => rowOf(result, ours));
    return [`### ${title}`, table(['', 'seconds', 'runs', 'ratio', 'MB', 'peak MiB'], rows)];
  });
}

function rowOf(result: Result, ours: Result | undefined): string[] {
  const { who, seconds, bytes, peak } = result;
  return [
    who,
    ...(seconds.length === 0 ? ['', ''] : [shown(median(seconds)), String(seconds.length)]),
    ours === undefined || ours === result || seconds.length === 0 ? '' : shown(ratio(ours, result)),
    bytes === null ? '' : shown(bytes / 1e6),
    peak === null ? '' : peak.toFixed(0),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Three digits are all that such measurements are good for. */
function shown(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
