import { parseEnv } from 'node:util';
import { ClawbackError } from '../../ports/errors.ts';

/** Marks a value that the dotenv format cannot carry: base64 of its UTF-8 bytes stands in its place. */
const ENCODED = 'CLAWBACK_BASE64_';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PLAIN = /^[A-Za-z0-9_./:@%+,=-]*$/;

/**
 * Variables as a dotenv text, sorted by name, that the `dotenv` package (which OpenClaw uses), Node's `parseEnv` and
 * `decodeEnvironment` read back exactly.
 *
 * A few values have no such form (all three kinds of quotes in one value; a carriage return): these become
 * `CLAWBACK_BASE64_<NAME>=<base64>` under a comment that says how to decode them by hand.
 *
 * @throws ClawbackError `FAILED` for a name that no shell would accept
 */
export function encodeEnvironment(values: Readonly<Record<string, string>>): string {
  const names = Object.keys(values).sort();
  return names.map((name) => `${line(name, values[name] ?? '')}\n`).join('');
}

/** The variables that {@link encodeEnvironment} wrote, or that stand in any other dotenv text. */
export function decodeEnvironment(text: string): Record<string, string> {
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(text))) {
    if (value === undefined) continue;
    if (!name.startsWith(ENCODED)) decoded[name] = value;
    else decoded[name.slice(ENCODED.length)] = Buffer.from(value, 'base64').toString();
  }
  return decoded;
}

function line(name: string, value: string): string {
  if (!NAME.test(name) || name.startsWith(ENCODED)) {
    throw new ClawbackError('FAILED', `environment variable ${JSON.stringify(name)} cannot be written to a file`, {
      hint: 'rename it, and what the OpenClaw config calls it',
    });
  }
  if (PLAIN.test(value)) return `${name}=${value}`;
  const quote = ["'", '`', '"'].find((mark) => carries(mark, value));
  if (quote !== undefined) return `${name}=${quote}${value}${quote}`;
  const encoded = Buffer.from(value).toString('base64');
  return `# ${name}, for which dotenv has no spelling: decode with base64 -d\n${ENCODED}${name}=${encoded}`;
}

/**
 * Both parsers take what is between two equal marks as it is, except: `dotenv` makes every line end a newline and may
 * read on beyond a mark after a backslash; and between double quotes both turn `\n` into a newline.
 */
function carries(mark: string, value: string): boolean {
  return (
    !value.includes(mark) && !value.includes('\r') && !value.endsWith('\\') && !(mark === '"' && value.includes('\\'))
  );
}
