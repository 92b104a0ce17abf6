import type { StatusResult } from '../../commands/status.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page } from '../page.ts';
import { facts } from '../table.ts';
import { formatBytes, formatDistance, formatTime } from '../units.ts';
import { wrap } from '../wrap.ts';

type Instance = StatusResult['instances'][number];

/** A block for each instance: times as people say them, then what needs somebody's attention. */
export function renderStatus({ at, instances }: StatusResult, page: Page): string {
  return instances.map((instance) => renderInstance(instance, at, page)).join('\n');
}

export function statusExit({ instances }: StatusResult): number {
  return instances.every(({ problems }) => problems.length === 0) ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function renderInstance(instance: Instance, now: string, page: Page): string {
  const when = (time: string): string => `${formatTime(time)}, ${formatDistance(time, now)}`;
  const { lastSuccess, nextDue, lastDrill, destinations, problems } = instance;
  const lines = facts([
    ['last backup', lastSuccess === null ? 'never' : when(lastSuccess)],
    ['next due', nextDue === null ? 'no schedule is known' : when(nextDue)],
    ['last drill', lastDrill === undefined ? 'never' : `${lastDrill.verdict}, ${when(lastDrill.at)}`],
    ...destinations.map((each) => [each.name, destinationLine(each, when)] as const),
  ]);
  const remarks = problems.flatMap((problem) =>
    wrap(problem, page.width - 2).map((line, index) => `${index === 0 ? page.styled('red', '!') : ' '} ${line}\n`),
  );
  return `${page.styled('bold', instance.instance)}: ${verdict(instance, page)}\n${lines}${remarks.join('')}`;
}

function verdict({ overdue, problems }: Instance, page: Page): string {
  if (overdue) return page.styled('red', 'OVERDUE');
  return problems.length > 0 ? page.styled('yellow', 'needs attention') : page.styled('green', 'ok');
}

function destinationLine(destination: Instance['destinations'][number], when: (time: string) => string): string {
  const { ok, lastSuccess, bytes } = destination;
  if (!ok) return 'does not answer';
  return lastSuccess === null ? 'empty' : `${when(lastSuccess)}, ${formatBytes(bytes ?? 0)}`;
}
