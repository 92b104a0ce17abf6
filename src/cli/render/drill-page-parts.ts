import type { Status } from '../../core/drill/report.ts';
import { html, type Html, type HtmlValue } from '../../core/html.ts';

const MARKS: Readonly<Record<Status, string>> = { ok: 'ok', warn: 'remark', fail: 'fail', unknown: 'not known' };

/** A status in a word, and in its colour. */
export function mark(status: Status): Html {
  return html`<span class="mark" data-status="${status}">${MARKS[status]}</span>`;
}

/** A part of the page under a heading of its own. */
export function section(id: string, title: HtmlValue, body: HtmlValue): Html {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${body}
  </section> `;
}
