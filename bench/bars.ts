import { type Result, median, ratio } from './results.ts';

/** What Clawback promises: a ratio to another program, or a limit of its own. */
export interface Bar {
  readonly says: string;
  /** Null if the bench has not been run as far. */
  readonly found: number | null;
  readonly limit: number;
  readonly unit: string;
}

type Wanted = Pick<Result, 'work' | 'corpus'>;

const OURS = 'Clawback';

/** Every bar, and what was found. */
export function bars(results: readonly Result[]): Bar[] {
  const find = ({ work, corpus }: Wanted, who: string): Result | undefined =>
    results.find((result) => result.work === work && result.corpus === corpus && result.who === who);
  const against = (wanted: Wanted, who: string, limit: number): Bar => {
    const [ours, theirs] = [find(wanted, OURS), find(wanted, who)];
    const found = ours === undefined || theirs === undefined ? null : ratio(ours, theirs);
    return { says: `${wanted.work}, ${wanted.corpus}: time of ${who}`, found, limit, unit: '×' };
  };
  const bytes = (wanted: Wanted, who: string, limit: number): Bar => {
    const [ours, theirs] = [find(wanted, OURS)?.bytes, find(wanted, who)?.bytes];
    const found = ours == null || theirs == null ? null : ours / theirs;
    return { says: `${wanted.work}, ${wanted.corpus}: bytes of ${who}`, found, limit, unit: '×' };
  };
  const hour = (limit: number): Bar => {
    const of = (work: string): number | undefined => find({ work, corpus: 'one database' }, OURS)?.bytes ?? undefined;
    const [full, later] = [of('full backup'), of('an hour later')];
    const found = full === undefined || later === undefined ? null : (100 * later) / full;
    return { says: 'an hour of a database of 2 GB: stored, of the full snapshot', found, limit, unit: '%' };
  };
  const growth = (work: string, limit: number): Bar => {
    const [small, large] = ['mixed', 'large'].map((corpus) => find({ work, corpus }, OURS)?.peak);
    const found = small == null || large == null ? null : large / small;
    return { says: `${work}, large: of that on mixed`, found, limit, unit: '×' };
  };
  const own = (wanted: Wanted, limit: number, unit: 's' | 'MiB' | 'KiB'): Bar => {
    const ours = find(wanted, OURS);
    const found = unit === 's' ? ours && median(ours.seconds) : unit === 'MiB' ? ours?.peak : (ours?.bytes ?? 0) / 1024;
    return {
      says: `${wanted.work}, ${wanted.corpus}`,
      found: ours === undefined ? null : (found ?? null),
      limit,
      unit,
    };
  };
  const first = { work: 'first backup', corpus: 'mixed' };
  const restore = { work: 'full restore', corpus: 'mixed' };
  const works = ['memory of backup', 'memory of verify', 'memory of restore'];
  const memory = (corpus: string, limit: number): Bar[] => works.map((work) => own({ work, corpus }, limit, 'MiB'));
  return [
    against(first, 'tar, zstd, age', 1.3),
    against(first, 'restic', 0.7),
    against(first, 'tar, gzip, age', 0.2),
    against(first, 'openclaw backup create', 0.1),
    against({ work: 'nothing changed', corpus: 'small' }, 'restic', 0.6),
    against({ work: '1 % changed', corpus: 'mixed' }, 'restic', 0.7),
    bytes({ work: '1 % changed', corpus: 'mixed' }, 'restic', 1.2),
    hour(1.5),
    against(restore, 'tar, zstd, age', 1.3),
    against(restore, 'restic', 0.8),
    own({ work: 'one file of 10 kB', corpus: 'large' }, 1, 's'),
    own({ work: 'one file of 10 kB, bytes read', corpus: 'large' }, 2048, 'KiB'),
    ...memory('mixed', 300),
    ...memory('large', 300),
    // Not growing, as far as such marks can tell: they vary by a few per cent.
    ...works.map((work) => growth(work, 1.1)),
    ...memory('small', 400),
    own({ work: '--help', corpus: 'cold start' }, 0.12, 's'),
    own({ work: 'status', corpus: 'cold start' }, 0.12, 's'),
    own({ work: 'list file://', corpus: 'cold start' }, 0.12, 's'),
  ];
}
