import type { PlatformResult } from '../../commands/platform.ts';
import { type Guide, GENEROUS_START } from '../../core/platform/guide.ts';
import type { Page } from '../page.ts';
import { table } from '../table.ts';
import { wrap } from '../wrap.ts';

export function renderPlatform({ guide, platforms }: PlatformResult, page: Page): string {
  if (guide !== null) return renderGuide(guide, page) + renderOthers(guide, platforms, page);
  const rows = platforms.map(({ name, title }) => [name, title]);
  return `none of these shows here; name one: clawback platform NAME\n\n${table([{ title: 'name' }, { title: 'platform' }], rows)}`;
}

function renderGuide(guide: Guide, page: Page): string {
  const { state, token, probe, snapshots } = guide;
  const inside =
    probe.from === 'inside' ? 'on the host or in the container itself' : 'from outside, not over the loopback';
  const patience = probe.patience === null ? '' : ` A start may take ${probe.patience} s.`;
  return [
    `${page.styled('bold', guide.title)}\n`,
    ...renderDetected(guide, page),
    section(
      'state directory',
      [`at ${state.directory}`, `lost when ${state.lostAt}`, `kept by ${state.survives}`],
      page,
    ),
    steps(state.mend, page),
    section('token', [`OPENCLAW_GATEWAY_TOKEN belongs into: ${token.where}`], page),
    steps(token.set, page),
    section('healthy', [`asked ${inside}: ${probe.signal}.${patience}`], page),
    steps([`for a start of ${GENEROUS_START} s: ${probe.lengthen}`], page),
    section('snapshots', [snapshots.what], page),
    steps(snapshots.command === null ? [] : [snapshots.command], page),
    section('trap', [guide.trap], page),
    guide.doubts.length === 0 ? '' : section('not verified', guide.doubts, page),
    section('sources', guide.sources, page),
  ].join('');
}

function renderDetected({ detected }: Guide, page: Page): string[] {
  if (detected === null) return [];
  const guess = detected.confidence === 'weak' ? ': a guess, name it to be sure' : '';
  return wrap(`seen by ${detected.evidence.join(', ')}${guess}`, page.width - 2).map(
    (line) => `${page.styled('dim', `  ${line}`)}\n`,
  );
}

function section(title: string, paragraphs: readonly string[], page: Page): string {
  const lines = paragraphs.flatMap((text) =>
    wrap(text, page.width - 4).map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`)),
  );
  return `\n${[page.styled('bold', title), ...lines].join('\n')}\n`;
}

function steps(all: readonly string[], page: Page): string {
  return all
    .flatMap((step) => wrap(step, page.width - 6).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`))
    .map((line) => `${page.styled('cyan', line)}\n`)
    .join('');
}

function renderOthers({ name }: Guide, platforms: PlatformResult['platforms'], page: Page): string {
  const others = platforms.filter((other) => other.name !== name).map((other) => other.name);
  return section('other guides', [others.join(', ')], page);
}

/** What was written, what to fill in, and what to do then. */
export function renderWritten({ written }: PlatformResult, page: Page): string {
  if (written === undefined) return '';
  const { directory, files, changed, blanks, next } = written;
  const fill = blanks.flatMap(({ mark, what }) => [page.styled('yellow', mark), ...wrap(what, page.width - 6)]);
  const lines = next.flatMap((step, index) =>
    wrap(step, page.width - 6).map((line, part) => `${part === 0 ? `${index + 1}.` : ''.padEnd(2)} ${line}`),
  );
  return [
    `written to ${directory}\n`,
    ...files.map((name) => `  ${name}${changed.includes(name) ? '' : page.styled('dim', ' (was there already)')}\n`),
    blanks.length === 0 ? '' : `\n${page.styled('bold', 'fill in')}\n`,
    ...fill.map((line) => (line.includes('FILL_IN_') ? `  ${line}\n` : `      ${line}\n`)),
    `\n${page.styled('bold', 'then')}\n`,
    ...lines.map((line) => `  ${line}\n`),
  ].join('');
}
