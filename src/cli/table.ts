import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Aligned columns with two spaces between them; the last is never padded. No rows give no table. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [columns.map(({ title }) => title.toUpperCase()), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => visibleWidth(cells[index] ?? ''))));
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => pad(cell, widths[index] ?? 0, columns[index]?.align))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Facts, one a line, their names aligned: `destination  nas`. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...entries.map(([name]) => visibleWidth(name)));
  return entries.map(([name, value]) => `${pad(name, width, 'left')}  ${value}\n`).join('');
}

function pad(cell: string, width: number, align: Column['align']): string {
  const padding = ' '.repeat(Math.max(0, width - visibleWidth(cell)));
  return align === 'right' ? padding + cell : cell + padding;
}

function visibleWidth(text: string): number {
  return stripVTControlCharacters(text).length;
}
