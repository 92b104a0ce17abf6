/** A JSON object, as opposed to an array, a scalar or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a dotted path of object keys, `gateway.auth.token`; undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const key of path.split('.')) {
    if (!isRecord(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** The trimmed string at a dotted path; null if it is missing, empty, or no string. OpenClaw trims the same way. */
export function stringAt(value: unknown, path: string): string | null {
  return textOf(valueAt(value, path));
}

/** The trimmed string, or null if this is none or an empty one. */
export function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' ? null : text;
}

/** One configured agent: `agents.entries.<id>`, or an item of the older `agents.list`. */
export interface AgentEntry {
  readonly id: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The configured agents in their order; empty if the config names none (OpenClaw then runs one called `main`). */
export function agentEntries(config: unknown): AgentEntry[] {
  const entries = valueAt(config, 'agents.entries');
  if (isRecord(entries)) {
    return Object.entries(entries).flatMap(([id, value]) => (isRecord(value) ? [{ id, value }] : []));
  }
  const list = valueAt(config, 'agents.list');
  if (!Array.isArray(list)) return [];
  return list.flatMap((value: unknown) => {
    const id = isRecord(value) ? textOf(value['id']) : null;
    return isRecord(value) && id !== null ? [{ id, value }] : [];
  });
}
