import { ClawbackError, type ErrorCode } from '../ports/errors.ts';

/** An error on its way between threads, where a ClawbackError would arrive as any error, without its code and hint. */
export type ThreadError =
  | { readonly code: ErrorCode; readonly message: string; readonly hint: string | undefined }
  | { readonly thrown: unknown };

export function toThread(error: unknown): ThreadError {
  if (!(error instanceof ClawbackError)) return { thrown: error };
  const { code, message, hint } = error;
  return { code, message, hint };
}

export function fromThread(error: ThreadError): unknown {
  if ('thrown' in error) return error.thrown;
  const { code, message, hint } = error;
  return new ClawbackError(code, message, hint === undefined ? {} : { hint });
}
