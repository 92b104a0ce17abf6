/** Where long work says how far it is. Says nothing about how it is shown: a bar, lines of JSON, or nowhere. */
export interface Progress {
  /** Begins a task. `totalBytes` is null while nobody knows how much there is. */
  start(label: string, totalBytes: number | null): ProgressTask;
}

export interface ProgressTask {
  /** Adds bytes done since the last call. */
  advance(bytes: number): void;
  /** Replaces the label: the file or destination at work now. */
  label(text: string): void;
  /** Ends the task, done or failed; further calls do nothing. */
  end(): void;
}

/** For those who do not listen. */
export const silentProgress: Progress = {
  start: () => ({ advance: () => undefined, label: () => undefined, end: () => undefined }),
};
