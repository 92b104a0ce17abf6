/** A state directory to be counted: live, staged or restored. */
export interface StateView {
  /** Directory to read plain files from. */
  readonly stateDir: string;
  /**
   * Absolute path of a consistent, readable copy of a database; null if there is none.
   *
   * @param path relative to the state directory; absolute for an agent whose directory is elsewhere
   */
  database(path: string): string | null;
  /** Messages of the transcript at a path relative to the state directory, where they have been counted; else null. */
  readonly messages?: (path: string) => number | null;
  /** The merged config. */
  readonly config: unknown;
}
