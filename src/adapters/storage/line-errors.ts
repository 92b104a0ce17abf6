import { ClawbackError, systemCode } from '../../ports/errors.ts';

/** Codes of OpenSSL and Node that say that the other side is not who it should be; trying again does not change it. */
const NOT_TRUSTED = /^(?:CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL)/;

/** No such name, nobody there, or a connection that ended before the answer did. */
const LOST = /^(?:E(?!RR_)[A-Z_]+|ERR_STREAM_PREMATURE_CLOSE)$/;

/** What it means that a request failed below HTTP; other errors are given back as they are. */
export function lineError(error: unknown, host: string): unknown {
  // Ours have codes too, and one of them is EXISTS.
  if (error instanceof ClawbackError) return error;
  const code = systemCode(error) ?? '';
  if (NOT_TRUSTED.test(code)) {
    return new ClawbackError('FAILED', `${host} has no certificate that this host trusts: ${code}`, {
      hint: 'see whether the clock is right, and what NODE_EXTRA_CA_CERTS names',
      cause: error,
    });
  }
  if (!LOST.test(code)) return error;
  return new ClawbackError('UNAVAILABLE', `lost ${host}: ${code}`, {
    hint: 'see whether the storage can be reached from this host',
    cause: error,
  });
}
