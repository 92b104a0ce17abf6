/** What an error says, for a sentence that goes on to a person. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
