/** Runs lines of shell that the config holds. */
export interface Shell {
  /** Resolves when the command has ended, however it did. What it prints goes to stderr. */
  run(command: string, options: ShellOptions): Promise<ShellEnd>;
}

export interface ShellOptions {
  /** Variables besides those of this process; none of the latter that hold keys is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; then it is ended, with all that it has started. */
  readonly timeout: number;
  /** Ends it likewise. */
  readonly signal: AbortSignal;
}

export type ShellEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed out' }
  | { readonly kind: 'interrupted' };
