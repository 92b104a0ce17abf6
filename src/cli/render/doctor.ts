import type { DoctorReport, Fact, FactName, Finding, LayerReport, Severity } from '../../core/doctor/report.ts';
import { EXIT_CHECK_SAID_NO, EXIT_DONE } from '../exit.ts';
import type { Page, Style } from '../page.ts';
import { visible } from '../visible.ts';
import { wrap } from '../wrap.ts';

const MARKS: Readonly<Record<Severity, readonly [style: Style, mark: string]>> = {
  ok: ['green', 'ok'],
  info: ['dim', 'note'],
  warn: ['yellow', 'warn'],
  fail: ['red', 'FAIL'],
};

const FACTS: Readonly<Record<FactName, string>> = {
  stateDir: 'state',
  persistence: 'storage',
  tokenSource: 'token',
  bind: 'bind',
  healthSignal: 'healthy',
};

const INDENT = ' '.repeat(8);

export function renderDoctor(report: DoctorReport, page: Page): string {
  const { title, evidence, confidence } = report.platform;
  const guess = confidence === 'weak' ? ' (a guess: name it with --platform)' : '';
  return [
    `${page.styled('bold', title)}${guess}\n`,
    ...wrap(visible(evidence.join(', ')), page.width - 2).map((line) => page.styled('dim', `  ${line}`) + '\n'),
    '\n',
    renderFacts(report, page),
    '\n',
    ...report.findings.map((finding) => renderFinding(finding, page)),
    renderLayers(report.layers, page),
    renderEnd(report, page),
  ].join('');
}

/** The same beside a drill: the five facts, and what is wrong. */
export function renderDeployment(report: DoctorReport, page: Page): string {
  const wrong = report.findings.filter(({ severity }) => severity === 'fail' || severity === 'warn');
  return [
    `\n${page.styled('bold', `Deployment: ${report.platform.title}`)}\n`,
    renderFacts(report, page),
    ...wrong.map((finding) => renderFinding(finding, page)),
  ].join('');
}

/** What mends it and nothing else, each under what is wrong. */
export function renderFixes({ findings }: DoctorReport): string {
  const wrong = findings.filter(
    ({ severity, fix }) => (severity === 'fail' || severity === 'warn') && fix !== undefined,
  );
  if (wrong.length === 0) return '# nothing to mend\n';
  return wrong.map(({ title, fix = [] }) => [`# ${title}`, ...fix].map((line) => `${line}\n`).join('')).join('\n');
}

export function doctorExit({ findings }: DoctorReport): number {
  return findings.some(({ severity }) => severity === 'fail') ? EXIT_CHECK_SAID_NO : EXIT_DONE;
}

function renderFacts({ facts }: DoctorReport, page: Page): string {
  return Object.entries(FACTS)
    .map(([name, word]) => renderFact(word, facts[name as FactName], page))
    .join('');
}

function renderFact(word: string, { value, found }: Fact, page: Page): string {
  const [first = '', ...rest] = wrap(visible(value ?? '?'), page.width - 11);
  const lines = [`  ${page.styled('bold', word.padEnd(7))}  ${first}`, ...rest.map((line) => `           ${line}`)];
  const how = wrap(visible(found), page.width - 11).map((line) => `           ${page.styled('dim', line)}`);
  return [...lines, ...how].map((line) => `${line}\n`).join('');
}

function renderFinding({ severity, title, evidence, fix = [] }: Finding, page: Page): string {
  const [style, mark] = MARKS[severity];
  const width = page.width - INDENT.length;
  const steps = fix.flatMap((step, number) =>
    wrap(visible(step), width - 6).map(
      (line, index) => `${index > 0 ? '      ' : number > 0 ? 'then: ' : 'mend: '}${line}`,
    ),
  );
  const lines = [
    `  ${page.styled(style, mark.padEnd(4))}  ${title}`,
    ...wrap(visible(evidence), width).map((line) => INDENT + page.styled('dim', line)),
    ...steps.map((line) => INDENT + page.styled('cyan', line)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `process ok · port ok · …`, and why a layer was not judged. */
function renderLayers(layers: readonly LayerReport[], page: Page): string {
  const words = layers.map(({ layer, verdict }) => `${layer} ${verdict === 'not-judged' ? '–' : verdict}`);
  const reasons = [...new Set(layers.flatMap(({ reason }) => reason ?? []))].map((reason) => `– not judged: ${reason}`);
  return `\n${[words.join(' · '), ...reasons].map((line) => `${page.styled('dim', line)}\n`).join('')}`;
}

function renderEnd({ findings }: DoctorReport, page: Page): string {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  const [failed, warned] = [count('fail'), count('warn')];
  if (failed > 0) return `${page.styled('red', `${failed} to mend: begin at the top`)}\n`;
  return warned > 0
    ? `${page.styled('yellow', 'it works, with remarks')}\n`
    : `${page.styled('green', 'nothing is wrong')}\n`;
}
