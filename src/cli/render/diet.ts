import type { Diet } from '../../core/diet-report.ts';
import type { Page } from '../page.ts';
import { table } from '../table.ts';
import { formatBytes, formatCount } from '../units.ts';
import { grouped } from '../../core/grouped.ts';

/** What a backup would hold, the largest first, and what it would leave out and why. */
export function renderDiet({ captured, excluded, files, bytes }: Diet, page: Page): string {
  const held = table(
    [{ title: 'path' }, { title: 'files', align: 'right' }, { title: 'size', align: 'right' }],
    captured.map((directory) => [directory.path, grouped(directory.files), formatBytes(directory.bytes)]),
  );
  const out = table(
    [{ title: 'path' }, { title: 'size', align: 'right' }, { title: 'why' }],
    excluded.map(({ path, bytes: size, reason }) => [path, formatBytes(size), reason]),
  );
  return [
    `${page.styled('bold', 'Would be captured')}: ${formatCount(files, 'file')}, ${formatBytes(bytes)} before compression\n${held}`,
    ...(excluded.length === 0 ? [] : [`\n${page.styled('bold', 'Would be left out')}\n${out}`]),
  ].join('');
}
