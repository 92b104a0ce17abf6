import type { Machine, Space, Stat } from '../../src/ports/machine.ts';

/** A machine as it was noted down: what is not in the notes is not there. */
export interface Recording {
  readonly files?: Readonly<Record<string, string>>;
  readonly stats?: Readonly<Record<string, Partial<Stat>>>;
  readonly spaces?: Readonly<Record<string, Space>>;
  readonly links?: Readonly<Record<string, string>>;
  /** What a tool answered, by its whole command line. */
  readonly tools?: Readonly<Record<string, string>>;
}

const STAT: Stat = { type: 'file', uid: 0, gid: 0, mode: 0o600, size: 0, changedAt: 0 };

export function recordedMachine(recording: Recording): Machine {
  const { files = {}, stats = {}, spaces = {}, links = {}, tools = {} } = recording;
  const below = (path: string): string[] =>
    Object.keys({ ...files, ...stats }).flatMap((name) =>
      name.startsWith(`${path}/`) ? [name.slice(path.length + 1).split('/')[0] ?? ''] : [],
    );
  const noted = <T>(notes: Readonly<Record<string, T>>, key: string): Promise<T | null> =>
    Promise.resolve(notes[key] ?? null);
  return {
    read: (path) => noted(files, path),
    tail: (path, bytes) => noted(files, path).then((text) => text?.slice(-bytes) ?? null),
    list: (path) => Promise.resolve([...new Set(below(path))].sort()),
    link: (path) => noted(links, path),
    stat: (path) => {
      const known =
        stats[path] ?? (path in files ? {} : below(path).length > 0 ? { type: 'directory' as const } : null);
      return Promise.resolve(known === null ? null : { ...STAT, ...known });
    },
    space: (path) => noted(spaces, path),
    ask: (command, ...args) => noted(tools, [command, ...args].join(' ')),
  };
}
