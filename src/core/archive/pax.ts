/** The values of a pax header that Clawback reads. */
export interface PaxValues {
  readonly path?: string;
  readonly linkpath?: string;
  readonly size?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The records of a pax header, `<length> <key>=<value>\n`, told apart by their lengths; null if they make no sense.
 *
 * node-tar's own parser splits them at line ends: it loses a path that holds one, and takes what follows for a record.
 */
export function parsePax(body: Buffer): PaxValues | null {
  const values = new Map<string, string>();
  let at = 0;
  while (at < body.length) {
    const space = body.indexOf(' ', at);
    const equals = body.indexOf('=', space);
    const end = at + Number(body.toString('latin1', at, Math.max(at, space)));
    const isRecord = space > at && equals > space && end > equals && end <= body.length && body[end - 1] === 0x0a;
    if (!isRecord) return null;
    values.set(body.toString('latin1', space + 1, equals), body.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  const text = (key: string): Record<string, string> => {
    const value = values.get(key);
    return value === undefined ? {} : { [key]: value };
  };
  const number = (key: string): Record<string, number> => {
    const value = values.get(key);
    return value === undefined ? {} : { [key]: Number(value) };
  };
  return { ...text('path'), ...text('linkpath'), ...number('size'), ...number('uid'), ...number('gid') };
}
