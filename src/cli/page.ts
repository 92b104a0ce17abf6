import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** What a renderer may know of the place its text goes to. */
export interface Page {
  /** Columns. */
  readonly width: number;
  /** The text in a style, or as it is where there is no colour. */
  readonly styled: (style: Style, text: string) => string;
}

export interface PageTarget {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** The page of a stream: plain 80 columns unless it is a terminal; `NO_COLOR` (any value but the empty one) is honoured. */
export function pageOf(stream: PageTarget, env: Readonly<Record<string, string | undefined>>): Page {
  const coloured = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return {
    width: Math.max(40, stream.columns ?? 80),
    styled: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  };
}
