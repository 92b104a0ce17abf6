import columnsOf from 'fast-string-width';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** Aligned columns with two spaces between them; the last is never padded. No rows give no table. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [columns.map(({ title }) => title.toUpperCase()), ...rows];
  const widths = columns.map((_, index) => Math.max(...lines.map((cells) => columnsOf(cells[index] ?? ''))));
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

/** The same where it fits into so many columns; else two lines for each row, its first cell above the others. */
export function fittedTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const wide = table(columns, rows);
  if (wide.split('\n').every((line) => columnsOf(line) <= width)) return wide;
  const below = (cells: readonly string[]): string => cells.filter((cell) => cell !== '').join(', ');
  return rows.map(([first = '', ...others]) => `${first}\n    ${below(others)}\n`).join('');
}

/** Facts, one a line, their names aligned: `destination  nas`. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...entries.map(([name]) => columnsOf(name)));
  return entries.map(([name, value]) => `${pad(name, width, 'left')}  ${value}\n`).join('');
}

function pad(cell: string, width: number, align: Column['align']): string {
  const padding = ' '.repeat(Math.max(0, width - columnsOf(cell)));
  return align === 'right' ? padding + cell : cell + padding;
}
