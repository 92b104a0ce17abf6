export interface NetrcEntry {
  readonly login: string;
  readonly password: string;
}

/** What a `.netrc` file has for a host, else its `default`; null if neither names a login and a password. */
export function netrcEntry(text: string, host: string): NetrcEntry | null {
  const words = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join(' ')
    .split(/\s+/);
  let machine: string | null = null;
  const found = new Map<string, Map<string, string>>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === 'machine') machine = words[++at] ?? null;
    else if (word === 'default') machine = '';
    else if (machine !== null && (word === 'login' || word === 'password')) {
      const entry = found.get(machine) ?? new Map<string, string>();
      found.set(machine, entry.set(word, words[++at] ?? ''));
    }
  }
  const entry = found.get(host) ?? found.get('');
  const login = entry?.get('login');
  const password = entry?.get('password');
  return login === undefined || password === undefined ? null : { login, password };
}
