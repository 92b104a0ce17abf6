import type { DrillReport, Verdict } from '../../core/drill/report.ts';

/** What a verdict means, for whoever reads nothing else. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'PASS: this snapshot comes back',
  warn: 'PASS, with remarks',
  fail: 'FAIL: this snapshot does not come back as it was',
  incomplete: 'INCOMPLETE: not everything could be asked',
};

/** What a place that could hold the token has to do with the one that was captured. */
export function sourceWords({ present, matches }: DrillReport['token']['sources'][number]): string {
  if (!present) return 'gives none';
  if (matches === null) return 'cannot be compared';
  return matches ? 'is the one of the snapshot' : 'is another one';
}
