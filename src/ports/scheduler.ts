/** One text that a scheduler keeps: a unit, an agent, or our lines in a crontab. */
export interface UnitFile {
  /** Without a directory. */
  readonly name: string;
  readonly text: string;
}

/** What an installation or its removal came to. */
export interface Change {
  /** Names of what was written or removed; empty if everything was as it should be. */
  readonly changed: readonly string[];
  /** What a person must still do for it to take effect, a line each; empty mostly. */
  readonly todo: readonly string[];
}

/** A scheduler of this host, for one instance. */
export interface Scheduler {
  /** Where it keeps them, for people: a directory, or the crontab of whom. */
  readonly place: string;
  /** Everything of this instance that is installed, in the order of the names; reads only. */
  installed(): Promise<readonly UnitFile[]>;
  /**
   * Makes exactly these the ones that are installed: writes what is new or differs, and removes what is not among them.
   *
   * @throws ClawbackError `DENIED` if this user may not, `FAILED` if the scheduler is not there or refuses.
   */
  install(files: readonly UnitFile[]): Promise<Change>;
}
