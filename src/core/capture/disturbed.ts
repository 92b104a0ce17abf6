/** Somebody has opened a database that was read where it lies: what was read of it need not be what it held at any one time. */
export class Disturbed extends Error {
  override readonly name = 'Disturbed';
  /** Its absolute path. */
  readonly database: string;

  constructor(database: string) {
    super(`${database} was opened while it was read`);
    this.database = database;
  }
}
