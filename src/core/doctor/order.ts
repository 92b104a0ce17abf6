import type { Finding, Severity } from './report.ts';

/**
 * The order in which a person should act. A cause stands before what it brings about: a full disk before the database that could not be
 * written. Then what keeps a Gateway that runs from serving; then what would make the next start a new machine, and only after that
 * "no Gateway runs", since to start it first would do the harm; last how it is reached, and remarks.
 */
const ACT_FIRST: readonly string[] = [
  ...['volume-not-mounted', 'state-missing', 'disk-full', 'inodes', 'read-only', 'owner', 'out-of-memory'],
  ...['schema-newer', 'database-corrupt', 'config-missing', 'include-missing', 'config-parse', 'token-redacted'],
  ...['secret-missing', 'bind-without-auth', 'config-invalid', 'lock-held', 'port-in-use', 'restart-loop'],
  ...['starting', 'not-listening', 'port-differs', 'hangs', 'not-a-gateway'],
  ...['split-brain', 'volume-elsewhere', 'storage-fleeting', 'storage-unfit', 'token-missing', 'not-running'],
  ...['token-refused', 'bind-loopback', 'unreachable', 'draining', 'not-ready', 'slow-start'],
  ...['storage-anonymous', 'storage-system-disk', 'disk-low', 'token-changed', 'origin', 'variable-missing', 'pairing'],
];

const SEVERITIES: readonly Severity[] = ['fail', 'warn', 'info', 'ok'];

/** Failures before remarks before what is well; among equals, what to do first. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const place = ({ id }: Finding): number => {
    const index = ACT_FIRST.indexOf(id);
    return index < 0 ? ACT_FIRST.length : index;
  };
  return findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || place(a) - place(b),
  );
}
