import type { Excluded, Warning } from './archive/manifest.ts';
import { dietOf, type DietOptions } from './capture/diet.ts';
import { understand, type UnderstandRequest } from './capture/understand.ts';
import { Walk } from './capture/walk.ts';

/** What a snapshot would hold, by directory. Sizes in bytes, before compression. */
export interface Diet {
  readonly roots: readonly { readonly name: string; readonly path: string }[];
  /** Root names with the first directory below, the largest first. */
  readonly captured: readonly { readonly path: string; readonly files: number; readonly bytes: number }[];
  readonly excluded: readonly Excluded[];
  readonly warnings: readonly Warning[];
  readonly files: number;
  readonly bytes: number;
}

/** Walks an installation and weighs it, without reading a file's content. */
export async function diet(request: UnderstandRequest & { readonly diet: DietOptions }): Promise<Diet> {
  const { roots, warnings } = await understand(request);
  const walk = new Walk(roots, dietOf(request.diet));
  const directories = new Map<string, { files: number; bytes: number }>();
  for (const { type, path, stats } of walk.found()) {
    if (type !== 'file' || stats === null) continue;
    const name = path.split('/').slice(0, 2).join('/');
    const { files, bytes } = directories.get(name) ?? { files: 0, bytes: 0 };
    directories.set(name, { files: files + 1, bytes: bytes + stats.size });
  }
  const captured = [...directories].map(([path, sums]) => ({ path, ...sums })).sort((a, b) => b.bytes - a.bytes);
  return {
    roots: roots.map(({ name, path }) => ({ name, path })),
    captured,
    excluded: walk.excluded,
    warnings: [...warnings, ...walk.warnings],
    files: captured.reduce((sum, { files }) => sum + files, 0),
    bytes: captured.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
