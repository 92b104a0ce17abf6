import type { PrunedView, PruneResult } from '../../commands/prune.ts';
import type { Alarm } from '../../core/alarm.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE, EXIT_PART } from '../exit.ts';
import type { Page } from '../page.ts';
import { table } from '../table.ts';
import { formatCount } from '../units.ts';
import { grouped } from '../../core/grouped.ts';

/** A line for each destination, and with `explain` one for each of its snapshots. */
export function renderPrune(result: PruneResult, page: Page, { explain }: { readonly explain: boolean }): string {
  const sections = result.destinations.map((destination) => {
    const notes = notesOf(destination).map((note) => `${page.styled('yellow', 'note:')} ${note}\n`);
    return `${summary(destination, result, page)}\n${explain ? explanation(destination, page) : ''}${notes.join('')}`;
  });
  const text = sections.join(explain ? '\n' : '');
  return result.alarm === undefined ? text : `${text}\n${refusal(result.alarm, page)}`;
}

export function pruneExit({ refused, destinations }: PruneResult): number {
  if (refused !== undefined) return EXIT_CHECK_SAID_NO;
  return destinations.every(({ ok }) => ok) ? EXIT_DONE : EXIT_PART;
}

function summary(destination: PrunedView, { dryRun, refused }: PruneResult, page: Page): string {
  const { name, keep, remove, removed, error } = destination;
  const what =
    dryRun || refused !== undefined
      ? `would remove ${formatCount(remove.length, 'snapshot')} and keep ${grouped(keep.length)}`
      : `removed ${formatCount(removed.length, 'snapshot')}, kept ${grouped(keep.length)}`;
  const failure = error === undefined ? '' : page.styled('red', `failed: ${error}`);
  return `${page.styled('bold', name)}: ${keep.length === 0 && failure !== '' ? failure : [what, failure].filter(Boolean).join('; ')}`;
}

function explanation({ keep, remove }: PrunedView, page: Page): string {
  const lines = [
    ...keep.map(({ id, reasons }) => ({ id, mark: page.styled('green', 'keep'), why: reasons.join(', ') })),
    ...remove.map((id) => ({ id, mark: page.styled('red', 'remove'), why: 'no rule keeps it' })),
  ].sort((a, b) => (a.id < b.id ? 1 : -1));
  return table(
    [{ title: '' }, { title: 'snapshot' }, { title: 'why' }],
    lines.map(({ id, mark, why }) => [mark, id, why]),
  );
}

function notesOf({ undeletable, leftovers, foreign }: PrunedView): string[] {
  const [refused] = undeletable;
  return [
    ...(refused === undefined
      ? []
      : [`the storage does not let go of ${formatCount(undeletable.length, 'snapshot')}: ${refused.message}`]),
    ...(leftovers === 0 ? [] : [`cleared ${formatCount(leftovers, 'leftover')} of uploads that were broken off`]),
    ...(foreign === 0 ? [] : [`left ${formatCount(foreign, 'object')} alone that Clawback has not made`]),
  ];
}

function refusal({ snapshot, findings }: Alarm, page: Page): string {
  const lines = [
    `${page.styled('red', 'Nothing is removed:')} in ${snapshot}, ${findings.join(', ')}.`,
    'Older snapshots may hold what it lacks. If it is as it should be, say so:',
    `  clawback prune --confirm ${snapshot}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}
