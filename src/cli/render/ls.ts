import type { LsResult } from '../../commands/ls.ts';
import { formatBytes } from '../units.ts';

const TYPES: Readonly<Record<LsResult['entries'][number]['type'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
};

/** As `ls -l` does: type and mode, size, time, path. */
export function renderLs({ entries }: LsResult): string {
  const sizes = entries.map(({ type, size }) => (type === 'file' ? formatBytes(size) : ''));
  const width = Math.max(0, ...sizes.map((text) => text.length));
  return entries
    .map(({ type, mode, mtime, path }, index) => {
      const size = (sizes[index] ?? '').padStart(width);
      return `${TYPES[type]}${permissions(mode)}  ${size}  ${timeOf(mtime)}  ${path}\n`;
    })
    .join('');
}

function permissions(mode: number): string {
  return Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('');
}

function timeOf(mtime: string): string {
  return mtime.slice(0, 16).replace('T', ' ');
}
