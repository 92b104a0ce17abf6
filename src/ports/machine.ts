/**
 * What a doctor may see of the machine. Everything here only looks: no method writes, takes a lock or starts what would.
 *
 * A recorded machine (`test/support/recorded-machine.ts`) answers from notes, so that what is concluded from a platform's
 * evidence can be proven without the platform.
 */
export interface Machine {
  /** The text of a file, or its first MiB; null if there is none or it may not be read. Files of the kernel are files. */
  read(path: string): Promise<string | null>;
  /** The last bytes of a file as text; null if there is none or it may not be read. */
  tail(path: string, bytes: number): Promise<string | null>;
  /** Names in a directory, sorted; empty if there is none or it may not be read. */
  list(path: string): Promise<readonly string[]>;
  /** Where a symbolic link leads, as written; null if it is none. */
  link(path: string): Promise<string | null>;
  /** What stands at a path, links followed; null if nothing does or it may not be seen. */
  stat(path: string): Promise<Stat | null>;
  /** The file system below a path; null if there is none. */
  space(path: string): Promise<Space | null>;
  /** What a tool of the system answers; null if it is not installed, fails, or says nothing within two seconds. */
  ask(command: string, ...args: readonly string[]): Promise<string | null>;
}

export interface Stat {
  readonly type: 'file' | 'directory' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** Permission bits. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
}

export interface Space {
  /** Bytes that an ordinary user may still write, and all. */
  readonly free: number;
  readonly total: number;
  /** Files that may still be made, and all; both 0 where the file system keeps no count. */
  readonly freeInodes: number;
  readonly inodes: number;
}
