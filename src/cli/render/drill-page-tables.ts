import type { DrillResult } from '../../commands/drill.ts';
import type { Counts } from '../../core/archive/manifest.ts';
import { COUNT_WORDS } from '../../core/drill/content.ts';
import { comparisonWords, DEVICE_WORDS, deviceName } from '../../core/drill/outline.ts';
import type { DeviceReport } from '../../core/drill/report.ts';
import { html, type Html } from '../../core/html.ts';
import { mark, section } from './drill-page-parts.ts';
import { sourceWords } from './drill-words.ts';
import { grouped } from '../../core/grouped.ts';

/** Each device, and what it will need. */
export function devicesSection({ devices: all, comparedWith }: DrillResult): Html | null {
  if (all.length === 0) return null;
  const rows = html`<table class="pairs">
    <thead>
      <tr>
        <th scope="col">device</th>
        <th scope="col">after a restore</th>
      </tr>
    </thead>
    <tbody>
      ${all.map(device)}
    </tbody>
  </table> `;
  return section(
    'devices',
    'Devices',
    html`${rows}
      <p class="soft">${comparisonWords({ comparedWith })}</p>`,
  );
}

function device(one: DeviceReport): Html {
  const status = one.verdict === 'keeps' ? 'ok' : one.verdict === 'unknown' ? 'unknown' : 'warn';
  const fix = one.verdict === 'keeps' || one.fix === undefined ? null : html`<p>${one.fix}</p>`;
  return html`<tr>
    <th scope="row">${deviceName(one)}<span class="roles">${one.roles.join(', ')}</span></th>
    <td>
      <span class="mark" data-status="${status}">${DEVICE_WORDS[one.verdict]}</span>
      <p class="soft">${one.reason}</p>
      ${fix}
    </td>
  </tr> `;
}

/** Every place that could hold the token. */
export function tokenSection({ token: { mode, winner, status, sources, lines } }: DrillResult): Html | null {
  if (sources.length === 0) return null;
  const body = html`
    <p class="soft">
      ${winner === null ? 'No place gives one.' : `It comes from ${winner}. Values were compared by fingerprint; none is on this page.`}
    </p>
    <table class="pairs">
      <thead>
        <tr>
          <th scope="col">place</th>
          <th scope="col">its value</th>
        </tr>
      </thead>
      <tbody>
        ${sources.map(
          (source) =>
            html`<tr>
              <td>${source.source}</td>
              <td>${sourceWords(source)}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  `;
  const set = lines.map(({ platform, text }) => html`<p>${platform}: <code>${text}</code></p> `);
  return section('token', html`The ${mode} ${mark(status)}`, html`${body}${set}`);
}

/** The counts of the manifest beside those of the copy. */
export function contentSection({ counts: { expected, found } }: DrillResult): Html {
  const rows = (Object.keys(COUNT_WORDS) as (keyof Counts)[]).map((key) => {
    const lost = found[key] < expected[key] ? mark('fail') : null;
    return html`<tr>
      <th scope="row">${COUNT_WORDS[key]} ${lost}</th>
      <td class="number">${grouped(expected[key])}</td>
      <td class="number">${grouped(found[key])}</td>
    </tr> `;
  });
  const body = html`
    <table>
      <thead>
        <tr>
          <th scope="col">kind</th>
          <th scope="col" class="number">in the snapshot</th>
          <th scope="col" class="number">in the copy</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  `;
  return section('content', 'What was there, and what came back', body);
}
