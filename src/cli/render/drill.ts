import type { DrillResult } from '../../commands/drill.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page, Style } from '../page.ts';
import { wrap } from '../wrap.ts';
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
  const booted = seconds.boot === 0 ? 'not booted' : `booted in ${formatSeconds(seconds.boot)}`;
  const times = `restored in ${formatSeconds(seconds.restore)}, ${booted}, ${formatSeconds(seconds.total)} in all`;
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

const INDENT = ' '.repeat(8);

function renderCheck({ status, title, evidence, fix }: Check, page: Page): string {
  const [style, mark] = MARKS[status];
  const width = page.width - INDENT.length;
  const lines = [
    `  ${page.styled(style, mark.padEnd(4))}  ${title}`,
    ...wrap(evidence, width).map((line) => INDENT + page.styled('dim', line)),
    ...(fix === undefined ? [] : wrap(`mend: ${fix}`, width).map((line) => INDENT + page.styled('cyan', line))),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** A line a device, why it will or will not come back below it, and what mends that. */
function renderDevices({ devices }: DrillResult, page: Page): string {
  if (devices.length === 0) return '';
  const kept = devices.filter(({ verdict }) => verdict === 'keeps').length;
  const named = devices.map((device) => ({ ...device, title: device.name ?? device.deviceId.slice(0, 12) }));
  const width = Math.max(...named.map(({ title, roles }) => `${title} (${roles.join(', ')})`.length));
  const lines = named.flatMap(({ title, roles, verdict, reason, fix }) => [
    `  ${`${title} (${roles.join(', ')})`.padEnd(width)}  ${page.styled(verdict === 'keeps' ? 'green' : 'yellow', VERDICT_WORDS[verdict])}`,
    ...wrap(reason, page.width - 6).map((line) => `      ${page.styled('dim', line)}`),
    ...(fix === undefined ? [] : wrap(fix, page.width - 6).map((line) => `      ${page.styled('cyan', line)}`)),
  ]);
  return `\n${page.styled('bold', `Devices: ${kept} of ${devices.length} keep their access`)}\n${lines.map((line) => `${line}\n`).join('')}`;
}

const VERDICT_WORDS: Readonly<Record<DrillResult['devices'][number]['verdict'], string>> = {
  keeps: 'keeps its access',
  'enter-token': 'must enter the token again',
  'approve-again': 'must be approved again',
  'pair-again': 'must pair again',
  'revoke-again': 'must be revoked again',
  unknown: 'unknown',
};
