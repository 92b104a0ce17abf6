/** What the core may know about the machine that it runs on; `src/cli` fills it in, tests make one up. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home directory of the account, absolute; `HOME` in `env` is preferred, as OpenClaw does. */
  readonly home: string;
  readonly uid: number;
  readonly hostname: string;
  /** As `process.platform` and `process.arch`. */
  readonly platform: string;
  readonly arch: string;
  readonly nodeVersion: string;
}
