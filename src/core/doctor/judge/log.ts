import type { Examination } from '../examination.ts';
import { CAUSES } from '../causes.ts';
import type { Finding } from '../report.ts';
import { explain } from './causes.ts';

/** Of these the Gateway says in its log that it goes on without: they alone stop nothing. */
const REMARKS = new Set(['variable-missing']);

/**
 * Joins what the log says of the last start with what was seen: the same cause becomes one finding, with both as evidence. What a
 * log says of a Gateway that is well now is past.
 */
export function withLog(findings: readonly Finding[], seen: Examination): Finding[] {
  const { log, installation } = seen;
  if (log === null) return [...findings];
  const isWell = installation.gateway !== null && findings.some(({ id }) => id === 'ready');
  const merged = [...findings];
  for (const { id, line } of log.causes) {
    const evidence = `${log.source} says: ${line}`;
    const known = merged.findIndex((finding) => finding.id === id);
    const before = merged[known];
    if (before !== undefined) merged[known] = { ...before, evidence: `${before.evidence}; ${evidence}` };
    else if (!isWell) {
      const layer = CAUSES.find((cause) => cause.id === id)?.layer ?? 'process';
      merged.push({ id, layer, severity: REMARKS.has(id) ? 'warn' : 'fail', evidence, ...explain(id, seen) });
    }
  }
  return merged;
}
