import type { DrillResult } from '../../commands/drill.ts';
import {
  comparisonWords,
  DEVICE_WORDS,
  deviceName,
  questionsOf,
  stepsOf,
  type Question,
  type Step,
} from '../../core/drill/outline.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page, Style } from '../page.ts';
import { fittedTable } from '../table.ts';
import { formatBytes, formatSeconds, formatTime } from '../units.ts';
import { visible } from '../visible.ts';
import { wrap } from '../wrap.ts';
import { renderDeployment } from './doctor.ts';
import { sourceWords, VERDICT_WORDS } from './drill-words.ts';
import { renderNumbered, type NumberedItem } from './numbered.ts';

type Check = DrillResult['checks'][number];

const MARKS: Readonly<Record<Check['status'], readonly [style: Style, mark: string]>> = {
  ok: ['green', 'ok'],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
  unknown: ['dim', '?'],
};

const STYLES: Readonly<Record<DrillResult['verdict'], Style>> = {
  pass: 'green',
  warn: 'yellow',
  fail: 'red',
  incomplete: 'yellow',
};

/** What was found, the verdict, and what to do next, which then stands at the bottom of the screen. */
export function renderDrill(report: DrillResult, page: Page): string {
  const steps = stepsOf(report).map((step) => asItem(step, page));
  return renderFindings(report, page) + renderNumbered('What to do next:', steps, page);
}

/** The same after a restore, which says itself what to do next. */
export function renderFindings(report: DrillResult, page: Page): string {
  const { snapshot } = report;
  const taken = `${snapshot.instance}, taken ${formatTime(snapshot.createdAt)}, ${formatBytes(snapshot.bytes)} sealed`;
  return [
    lines(`drill of ${snapshot.id}`, 'bold', page),
    lines(taken, 'dim', page),
    `${lines(`drilled ${formatTime(report.at)} on ${report.host}`, 'dim', page)}\n`,
    ...questionsOf(report).map((question) => renderQuestion(question, page)),
    renderDevices(report, page),
    renderToken(report, page),
    report.deployment === undefined ? '' : renderDeployment(report.deployment, page),
    `\n${lines(VERDICT_WORDS[report.verdict], STYLES[report.verdict], page)}`,
    lines(timesOf(report), 'dim', page),
  ].join('');
}

/** A step as an item of a numbered list. */
export function asItem({ fix, why }: Step, page: Page): NumberedItem {
  return { title: why, below: fix === null ? [] : wrap(visible(fix), page.width - 5) };
}

/** A drill with remarks is done; one that could not ask everything is no proof. */
export function drillExit({ verdict }: DrillResult): number {
  return verdict === 'pass' || verdict === 'warn' ? EXIT_DONE : EXIT_CHECK_SAID_NO;
}

function timesOf({ seconds }: DrillResult): string {
  const booted = seconds.boot === 0 ? 'not booted' : `booted in ${formatSeconds(seconds.boot)}`;
  return `restored in ${formatSeconds(seconds.restore)}, ${booted}, ${formatSeconds(seconds.total)} in all`;
}

/** One check answers with its evidence; of several, each says what it looked at. */
function renderQuestion(question: Question, page: Page): string {
  const [only, ...more] = question.checks;
  const answer =
    only === undefined || more.length === 0
      ? evidence(only?.evidence ?? 'not asked', page)
      : question.checks.flatMap((check) => [...marked(check, '   ', page), ...evidence(check.evidence, page)]);
  return [...marked(question, `${question.number}. `, page), ...answer].map((line) => `${line}\n`).join('');
}

const INDENT = ' '.repeat(11);

/** @param before three columns between the mark and the title */
function marked({ status, title }: Pick<Check, 'status' | 'title'>, before: string, page: Page): string[] {
  const [style, mark] = MARKS[status];
  const [first = '', ...others] = wrap(visible(title), page.width - INDENT.length);
  return [`  ${page.styled(style, mark.padEnd(4))}  ${before}${first}`, ...others.map((line) => INDENT + line)];
}

function evidence(text: string, page: Page): string[] {
  return wrap(visible(text), page.width - INDENT.length).map((line) => INDENT + page.styled('dim', line));
}

/** A text on as many lines as it needs. */
function lines(text: string, style: Style, page: Page): string {
  return wrap(visible(text), page.width)
    .map((line) => `${page.styled(style, line)}\n`)
    .join('');
}

/** A row a device, and below the table why some of them do not simply come back. */
function renderDevices({ devices, comparedWith }: DrillResult, page: Page): string {
  if (devices.length === 0) return '';
  const kept = devices.filter(({ verdict }) => verdict === 'keeps').length;
  const rows = devices.map((device) => [
    visible(deviceName(device)),
    visible(device.roles.join(', ')),
    page.styled(device.verdict === 'keeps' ? 'green' : 'yellow', DEVICE_WORDS[device.verdict]),
  ]);
  const columns = [{ title: 'device' }, { title: 'roles' }, { title: 'after a restore' }];
  const reasons = Map.groupBy(
    devices.filter(({ verdict }) => verdict !== 'keeps'),
    ({ reason }) => reason,
  );
  const notes = [...reasons].map(([reason, alike]) =>
    lines(`${alike.map(deviceName).join(', ')}: ${reason}`, 'dim', page),
  );
  const heading = page.styled('bold', `Devices: ${kept} of ${devices.length} keep their access`);
  const compared = lines(comparisonWords({ comparedWith }), 'dim', page);
  return `\n${heading}\n${fittedTable(columns, rows, page.width)}${notes.join('')}${compared}`;
}

/** Every place that could hold the token, none of which is ever shown. */
function renderToken({ token }: DrillResult, page: Page): string {
  if (token.sources.length === 0) return '';
  const rows = token.sources.map((source) => [visible(source.source), sourceWords(source)]);
  const winner = token.winner === null ? 'none of these gives one' : `it comes from ${token.winner}`;
  const heading = lines(`The ${token.mode}: ${winner}`, 'bold', page);
  const set = token.lines.map(({ platform, text }) => `${platform}: ${page.styled('cyan', visible(text))}\n`).join('');
  return `\n${heading}${fittedTable([{ title: 'place' }, { title: 'its value' }], rows, page.width)}${set}`;
}
