import type { DrillResult } from '../../commands/drill.ts';
import { questionsOf, stepsOf, type Question } from '../../core/drill/outline.ts';
import type { Check, Status, Verdict } from '../../core/drill/report.ts';
import { html, type Html } from '../../core/html.ts';
import { formatBytes, formatSeconds, formatTime } from '../units.ts';
import { DRILL_PAGE_STYLE } from './drill-page-style.ts';
import { mark, section } from './drill-page-parts.ts';
import { contentSection, devicesSection, tokenSection } from './drill-page-tables.ts';

/** The verdict as a headline, and what it means for whoever reads no further. */
const HEADLINES: Readonly<Record<Verdict, readonly [status: Status, headline: string, meaning: string]>> = {
  pass: [
    'ok',
    'Pass: this snapshot comes back',
    'A real OpenClaw was started on a restored copy, and everything that it was asked was right.',
  ],
  warn: [
    'warn',
    'Pass, with remarks',
    'A real OpenClaw was started on a restored copy. It comes back, but somebody has to see to what is listed below.',
  ],
  fail: [
    'fail',
    'Fail: this snapshot does not come back as it was',
    'Something was lost or is not right. Until it is mended, do not count on this snapshot alone.',
  ],
  incomplete: [
    'unknown',
    'Incomplete: not everything could be asked',
    'OpenClaw could not be started for this drill, so that nothing is proven, whatever else is fine.',
  ],
};

/**
 * A drill's report as one page that needs nothing else: no network, no script. It is read on phones and on paper, by people who have
 * never seen a terminal; what came from the snapshot is escaped.
 */
export function drillPage(report: DrillResult): string {
  const { snapshot } = report;
  const [status, headline, meaning] = HEADLINES[report.verdict];
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <meta name="referrer" content="no-referrer" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${headline} (${snapshot.instance})</title>
        <style>
          ${DRILL_PAGE_STYLE}
        </style>
      </head>
      <body>
        <main>
          <header>
            <p class="kicker">Restore drill of ${snapshot.instance}</p>
            <div class="verdict" data-status="${status}" data-verdict="${report.verdict}">
              <h1>${headline}</h1>
              <p>${meaning}</p>
            </div>
            ${figures(report)}
          </header>
          ${steps(report)} ${section('questions', 'The six questions', questions(report))} ${devicesSection(report)}
          ${tokenSection(report)} ${contentSection(report)} ${footer(report)}
        </main>
      </body>
    </html> `;
  return page.text;
}

function figures({ snapshot, devices: all, seconds }: DrillResult): Html {
  const kept = all.filter(({ verdict }) => verdict === 'keeps').length;
  const ready = seconds.boot === 0 ? 'not started' : formatSeconds(seconds.boot);
  const pairs = [
    ['snapshot taken', formatTime(snapshot.createdAt)],
    ['devices that keep access', all.length === 0 ? 'none is paired' : `${kept} of ${all.length}`],
    ['OpenClaw ready after', ready],
    ['whole drill', formatSeconds(seconds.total)],
  ] as const;
  return html`<dl class="figures">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value.split(/ (?=\d\d:)/).map(unbroken)}</dd>
        </div> `,
    )}
  </dl>`;
}

/** A date breaks at its hyphens otherwise. */
function unbroken(text: string): Html {
  return html`<span class="whole">${text}</span> `;
}

function steps(report: DrillResult): Html | null {
  const items = stepsOf(report);
  if (items.length === 0) return null;
  const list = html`<ol class="steps">
    ${items.map(
      ({ fix, why }) =>
        html`<li>
          <p>${fix ?? why}</p>
          ${fix === null ? null : html`<p class="soft">${why}</p>`}
        </li> `,
    )}
  </ol>`;
  return section('next', 'What to do next', list);
}

function questions(report: DrillResult): Html {
  return html`<ol class="questions">
    ${questionsOf(report).map(question)}
  </ol>`;
}

function question({ title, status, checks }: Question): Html {
  const [only, ...more] = checks;
  const answer =
    only === undefined || more.length === 0
      ? html`<p class="soft">${only?.evidence ?? 'not asked'}</p>`
      : html`<ul class="checks">
          ${checks.map(check)}
        </ul>`;
  return html`<li>
    <div class="question">
      <h3>${title}</h3>
      ${mark(status)}
    </div>
    ${answer}
  </li> `;
}

function check({ status, title, evidence }: Check): Html {
  return html`<li>
    ${title} ${status === 'ok' ? null : mark(status)}
    <p class="soft">${evidence}</p>
  </li> `;
}

function footer({ snapshot, at, host, clawbackVersion, seconds }: DrillResult): Html {
  return html`<footer>
    <p>
      Snapshot <span class="id">${snapshot.id}</span> of ${snapshot.instance}, ${formatBytes(snapshot.bytes)} sealed.
    </p>
    <p>
      Drilled ${formatTime(at)} on ${host} by Clawback ${clawbackVersion}: restored in
      ${formatSeconds(seconds.restore)}, ${formatSeconds(seconds.total)} in all. The copy was muted, and is erased.
    </p>
    <p>To see it again: <code>clawback drill ${snapshot.id}</code></p>
  </footer>`;
}
