import { ClawbackError, type StorageErrorCode, systemCode } from '../../ports/errors.ts';

const CODES: Readonly<Record<number, readonly [code: StorageErrorCode, hint?: string]>> = {
  401: [
    'DENIED',
    'set CLAWBACK_WEBDAV_USER and CLAWBACK_WEBDAV_PASSWORD, or put the host into ~/.netrc; look for a typing error there',
  ],
  403: ['DENIED', 'the user needs PROPFIND, PUT, MKCOL and MOVE there, and GET to restore; see docs/storage.md'],
  404: ['NOT_FOUND'],
  405: ['FAILED', 'the server does not speak WebDAV at this address: see whether the path is right'],
  412: ['EXISTS'],
  413: ['NO_SPACE', 'the server limits the size of an upload: raise it there (client_max_body_size, LimitRequestBody)'],
  423: ['UNAVAILABLE', 'somebody else holds a lock there'],
  429: ['UNAVAILABLE'],
  507: ['NO_SPACE', 'free some space there, or let `clawback prune` do it'],
};

const UNREACHABLE = 'see whether the server runs and the network reaches it';

/** What a failed exchange means to the storage contract. */
export function webdavError(error: unknown, what: string, signal?: AbortSignal): ClawbackError {
  if (error instanceof ClawbackError) return error;
  if (signal?.aborted === true) {
    const reason: unknown = signal.reason;
    return reason instanceof ClawbackError
      ? new ClawbackError(reason.code, `${what}: ${reason.message}`, { cause: error, hint: UNREACHABLE })
      : new ClawbackError('ABORTED', 'interrupted');
  }
  const status = statusOf(error);
  if (status !== undefined) {
    const [code, hint] = CODES[status] ?? (status >= 500 ? ['UNAVAILABLE' as const] : ['FAILED' as const]);
    return new ClawbackError(code, `${what}: the server answered ${status}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  const system = systemCode(error) ?? '';
  if (/CERT|TLS|SELF_SIGNED|UNABLE_TO_/.test(system)) {
    return new ClawbackError('FAILED', `${what}: ${reason}`, {
      cause: error,
      hint: 'if the server has a certificate of your own making, name its authority in NODE_EXTRA_CA_CERTS',
    });
  }
  return new ClawbackError(system === '' ? 'FAILED' : 'UNAVAILABLE', `${what}: ${reason}`, {
    cause: error,
    ...(system === '' ? {} : { hint: UNREACHABLE }),
  });
}

/** The HTTP status that an error of the webdav library carries. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : undefined;
}
