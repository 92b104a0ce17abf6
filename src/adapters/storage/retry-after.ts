/**
 * Milliseconds that a `Retry-After` header asks for; undefined if there is none, or a date, which no storage is known to send.
 */
export function retryAfter(header: string | null | undefined): { readonly retryAfter?: number } {
  return header !== null && header !== undefined && /^\d+$/.test(header) ? { retryAfter: Number(header) * 1000 } : {};
}
