/** What a vendor's error says, without the request that it carries: that holds credentials, and megabytes of body. */
export function leanCause(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const lean = new Error(error.message);
  lean.name = error.name;
  if (error.stack !== undefined) lean.stack = error.stack;
  return lean;
}
