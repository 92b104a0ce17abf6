/** A piece of a page that is safe as it is. Only {@link html} makes it out of what came from elsewhere. */
export class Html {
  readonly text: string;

  /** @param text HTML that this program has written itself, such as a style sheet; never anything that it was given */
  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlValue = Html | string | number | null | readonly Html[];

/**
 * HTML from a template. Every text that is put in is escaped, for the content of elements and for quoted attributes alike; pieces of
 * HTML go in as they are, one after the other; null is nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((string, index) => string + piece(values[index] ?? null)).join(''));
}

function piece(value: HtmlValue): string {
  if (value === null) return '';
  if (value instanceof Html) return value.text;
  return typeof value === 'object' ? value.map(({ text }) => text).join('') : escape(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Also takes out what would turn the direction of writing, or is no text at all. */
function escape(text: string): string {
  return text
    .replace(/(?![\t\n\u200D])[\p{Cc}\p{Cf}]/gu, '\u{FFFD}')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** The text that an escaped one was, as this program or a browser that saved the page wrote it. */
export function unescapeHtml(text: string): string {
  return Object.entries(ENTITIES)
    .toReversed()
    .reduce((done, [character, entity]) => done.replaceAll(entity, character), text);
}
