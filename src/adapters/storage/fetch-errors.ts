import { ClawbackError, systemCode } from '../../ports/errors.ts';

/** Codes of Node and OpenSSL that say that the other side is not who it should be; trying again does not change it. */
const NOT_TRUSTED = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|HOSTNAME_MISMATCH)/;

/** What it means that `fetch`, or reading what it gave, failed: nothing was answered, or not all of it. */
export function fetchError(error: unknown, host: string): unknown {
  // Undici says "fetch failed" or "terminated", and why in the cause.
  if (!(error instanceof TypeError)) return error;
  const reason = systemCode(error.cause) ?? (error.cause instanceof Error ? error.cause.message : error.message);
  if (NOT_TRUSTED.test(reason)) {
    return new ClawbackError('FAILED', `${host} has no certificate that this host trusts: ${reason}`, {
      hint: 'see whether the clock is right and what NODE_EXTRA_CA_CERTS names',
      cause: error,
    });
  }
  return new ClawbackError('UNAVAILABLE', `lost ${host}: ${reason}`, {
    hint: 'see whether the storage can be reached from this host',
    cause: error,
  });
}
