import type { ListResult } from '../../commands/list.ts';
import { table } from '../table.ts';
import { formatBytes, formatTime } from '../units.ts';

export function renderList({ snapshots }: ListResult): string {
  if (snapshots.length === 0) return 'there is no snapshot yet; take one with: clawback backup\n';
  const several = new Set(snapshots.map(({ instance }) => instance)).size > 1;
  const tagged = snapshots.some(({ tags }) => tags !== undefined);
  const differential = snapshots.some(({ kind }) => kind === 'differential');
  return table(
    [
      { title: 'snapshot' },
      ...(several ? [{ title: 'instance' }] : []),
      { title: 'taken' },
      ...(differential ? [{ title: 'kind' }] : []),
      { title: 'size', align: 'right' },
      { title: 'in' },
      ...(tagged ? [{ title: 'tags' }] : []),
    ],
    snapshots.map(({ id, kind, instance, createdAt, bytes, destinations, tags }) => [
      id,
      ...(several ? [instance] : []),
      formatTime(createdAt),
      ...(differential ? [kind] : []),
      formatBytes(bytes),
      destinations.join(', '),
      ...(tagged ? [tags?.join(', ') ?? ''] : []),
    ]),
  );
}
