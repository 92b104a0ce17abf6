import JSON5 from 'json5';

/** Parses JSON, else JSON5, as OpenClaw does: strict JSON is what it writes and much faster, JSON5 what people write. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return JSON5.parse(text);
  }
}

/** Parses strict JSON; null for anything else, which is how OpenClaw reads a damaged column. */
export function jsonOrNull(text: unknown): unknown {
  if (typeof text !== 'string') return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
