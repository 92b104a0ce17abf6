import type { DrillResult } from '../../commands/drill.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page, Style } from '../page.ts';
import { table } from '../table.ts';
import { formatSeconds } from '../units.ts';

type Check = DrillResult['checks'][number];

const MARKS: Readonly<Record<Check['status'], readonly [style: Style, mark: string]>> = {
  ok: ['green', 'ok'],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
  unknown: ['dim', '?'],
};

const VERDICTS: Readonly<Record<DrillResult['verdict'], readonly [style: Style, text: string]>> = {
  pass: ['green', 'PASS: this snapshot comes back'],
  warn: ['yellow', 'PASS, with remarks'],
  fail: ['red', 'FAIL: this snapshot does not come back as it was'],
  incomplete: ['yellow', 'INCOMPLETE: not everything could be asked'],
};

export function renderDrill(report: DrillResult, page: Page): string {
  const { seconds } = report;
  const times = `restored in ${formatSeconds(seconds.restore)}, booted in ${formatSeconds(seconds.boot)}, ${formatSeconds(seconds.total)} in all`;
  const [style, verdict] = VERDICTS[report.verdict];
  return [
    `drill of ${page.styled('bold', report.snapshot.id)}\n\n`,
    ...report.checks.map((check) => renderCheck(check, page)),
    renderDevices(report, page),
    `\n${page.styled(style, verdict)}\n${page.styled('dim', times)}\n`,
  ].join('');
}

/** A drill with remarks is done; one that could not ask everything is no proof. */
export function drillExit({ verdict }: DrillResult): number {
  return verdict === 'pass' || verdict === 'warn' ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function renderCheck({ status, title, evidence, fix }: Check, page: Page): string {
  const [style, mark] = MARKS[status];
  const lines = [`  ${page.styled(style, mark.padEnd(4))}  ${title}`, `        ${page.styled('dim', evidence)}`];
  return [...lines, ...(fix === undefined ? [] : [`        ${page.styled('cyan', 'mend:')} ${fix}`])]
    .map((line) => `${line}\n`)
    .join('');
}

function renderDevices({ devices }: DrillResult, page: Page): string {
  if (devices.length === 0) return '';
  const rows = devices.map(({ deviceId, name, roles, verdict, reason }) => [
    name ?? deviceId.slice(0, 12),
    roles.join(', '),
    verdict === 'keeps' ? page.styled('green', verdict) : page.styled('yellow', verdict),
    reason,
  ]);
  const fixes = devices.flatMap(({ deviceId, name, fix }) =>
    fix === undefined ? [] : [`  ${name ?? deviceId.slice(0, 12)}: ${fix}\n`],
  );
  const columns = [{ title: 'device' }, { title: 'roles' }, { title: 'verdict' }, { title: 'why' }];
  return `\n${table(columns, rows)}${fixes.length > 0 ? '\n' : ''}${fixes.join('')}`;
}
