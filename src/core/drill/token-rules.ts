import type { ResolvedToken } from '../openclaw/token.ts';
import type { Supplier } from './host-token.ts';
import { variableOf } from './host-token.ts';
import type { Check, TokenVerdict } from './report.ts';
import type { DrillSubject } from './subject.ts';

export type Finding = Pick<Check, 'status' | 'evidence' | 'fix'>;

export interface Seen {
  readonly subject: Pick<DrillSubject, 'manifest' | 'chosen'>;
  readonly resolved: ResolvedToken;
  readonly supplied: readonly (Supplier & { readonly matches: boolean | null })[];
  /** Whether the restored state's secret is the one that clients know; null if that cannot be known. */
  readonly same: boolean | null;
  /** How to set the variable on this host. */
  readonly line: string;
}

/** What the places that give a secret mean for those who know the old one. */
export function judgeToken(seen: Seen): Finding & { readonly verdict: TokenVerdict } {
  const { resolved, same, supplied, subject } = seen;
  const { mode, winner, secret } = resolved;
  if (mode === 'none' || mode === 'trusted-proxy') {
    const evidence = `gateway.auth.mode is ${mode}: there is no shared secret`;
    return { verdict: 'none', status: 'ok', evidence };
  }
  if (secret === null) return missing(seen);
  const source = `the ${mode} comes from ${winner ?? 'nowhere'}`;
  if (same === null) {
    const evidence = `${source}; it was not known when the snapshot was taken`;
    return { verdict: 'unknown', status: 'unknown', evidence };
  }
  const contrary = contraryOf(seen);
  if (contrary !== undefined) {
    const evidence = `${contrary.source} is not ${known(subject)}, and wins over what the snapshot has`;
    const fix = `unset ${variableOf(resolved)} there, or give it the value that clients know`;
    return { verdict: 'differs', status: 'warn', evidence: `${source}; ${evidence}`, fix };
  }
  if (!same) {
    const fix = `set the old ${mode} again, or enter the new one on every client`;
    return { verdict: 'differs', status: 'fail', evidence: `${source} and is not ${known(subject)}`, fix };
  }
  const evidence = `${source} and equals ${known(subject)}`;
  if (winner?.endsWith('literal') === true) return { ...literal(seen), evidence: `${evidence}, in clear` };
  const [here] = supplied.filter(({ kind, matches }) => kind === 'service' && matches === true);
  return {
    verdict: 'reproducible',
    status: 'ok',
    evidence: here === undefined ? evidence : `${evidence}; ${here.source} gives it here`,
  };
}

/** What wins on this host over the restored value, and is another. A literal in the config wins over any variable. */
function contraryOf({ resolved, supplied }: Seen): Seen['supplied'][number] | undefined {
  const restored = supplied.find(({ kind, matches }) => kind === 'restored' && matches === false);
  if (resolved.winner?.includes(variableOf(resolved)) !== true) return restored;
  const [giver] = supplied.filter(({ kind }) => kind === 'service' || kind === 'shell');
  return giver?.matches === false ? giver : restored;
}

function literal({ resolved, line }: Seen): Omit<Finding, 'evidence'> & { readonly verdict: TokenVerdict } {
  const name = variableOf(resolved);
  const set = `openclaw config set gateway.auth.${resolved.mode} '\${${name}}'`;
  return { verdict: 'restorable', status: 'warn', fix: `take it from the environment instead: ${line}; then ${set}` };
}

function missing({ resolved, subject, line }: Seen): Finding & { readonly verdict: TokenVerdict } {
  const { mode, winner } = resolved;
  if (winner?.includes('secret exec') === true) {
    const evidence = `the ${mode} comes from a command (${winner}), which a drill does not run`;
    const fix = 'see on the gateway that it still gives the old one: openclaw secrets audit';
    return { verdict: 'unknown', status: 'unknown', evidence, fix };
  }
  const from = winner === null ? '' : `, which comes from ${winner}`;
  return {
    verdict: 'missing',
    status: 'fail',
    evidence: `the snapshot does not hold the ${mode}${from}; a gateway would make up another at every start, or refuse to start`,
    fix: `put the old value where it came from (${subject.manifest.token.winner ?? 'the environment of the gateway'}): ${line}`,
  };
}

function known({ chosen }: Seen['subject']): string {
  if (chosen === undefined) return 'the fingerprint in the snapshot';
  return chosen.kind === 'adopt' ? "this host's, as --token adopt asks" : 'the new one, as --token rotate asks';
}
