import { randomBytes } from 'node:crypto';
import type { BootedGateway, ConnectResult, GatewaySecret } from '../../ports/gateway.ts';
import { generationOf, matchesFingerprint } from '../openclaw/fingerprint.ts';
import type { Host } from '../openclaw/host.ts';
import { resolveToken, type ResolvedToken } from '../openclaw/token.ts';
import { type Supplier, suppliers, variableOf } from './host-token.ts';
import type { Check, TokenReport } from './report.ts';
import type { DrillSubject, RestoredState } from './subject.ts';
import { tokenLines } from './token-lines.ts';
import { type Finding, judgeToken } from './token-rules.ts';

/** What the restored state says the shared secret is. Holds it in clear: never print it. */
export interface ExpectedToken {
  /** What a client must bring; null if the state gives no secret or the mode is none of the client's business. */
  readonly secret: GatewaySecret | null;
  /** OpenClaw's own fingerprint of it, as browsers' device tokens carry it. */
  readonly generation: string | null;
  readonly finding: Finding;
  readonly report: TokenReport;
}

const TITLE = 'the gateway token is the one that clients know';

/** Question 2, its first half: which source gives the secret, and is it the one that clients know? */
export async function expectToken(subject: DrillSubject, state: RestoredState, host: Host): Promise<ExpectedToken> {
  const resolved = await resolveToken(state.places);
  const { mode, winner, secret } = resolved;
  const matches = comparing(subject);
  const sources: TokenReport['sources'][number][] = [];
  for (const candidate of resolved.sources)
    sources.push({ source: candidate.source, present: candidate.present, matches: await matches(candidate.secret) });
  const isShared = mode === 'token' || mode === 'password';
  const supplied = isShared ? await judged(await suppliers(resolved, subject, host), matches) : [];
  for (const { source, secret: given, matches: same } of supplied)
    sources.push({ source, present: given !== null, matches: same });

  const lines = tokenLines(variableOf(resolved), { stateDir: subject.manifest.installation.stateDir, host });
  const seen = { subject, resolved, supplied, same: await matches(secret), line: lines[0]?.text ?? '' };
  const { verdict, ...finding } = judgeToken(seen);
  return {
    secret: secretFor(resolved),
    generation: generationOf(mode, secret),
    finding,
    report: {
      status: finding.status,
      verdict,
      mode,
      winner,
      sources,
      lines: verdict === 'reproducible' || verdict === 'none' ? [] : lines,
    },
  };
}

/** What a booted Gateway did with the expected secret, and with another. */
export interface TokenAnswer {
  readonly right: ConnectResult;
  readonly wrong: ConnectResult;
}

export async function askToken(gateway: BootedGateway, secret: GatewaySecret): Promise<TokenAnswer> {
  const other = { mode: secret.mode, value: `not-${randomBytes(16).toString('hex')}` };
  return { right: await gateway.connect({ secret }), wrong: await gateway.connect({ secret: other }) };
}

/** Its second half: does the Gateway that was booted take the secret, and refuse another? */
export function checkToken({ finding, report: { mode } }: ExpectedToken, answer: TokenAnswer | null): Check {
  if (answer === null) return { id: 'token', title: TITLE, ...finding };
  const { right, wrong } = answer;
  const evidence = `${finding.evidence}; the booted gateway ${said(right)} this ${mode} and ${said(wrong)} a wrong one`;
  if (right.outcome === 'connected' && wrong.outcome === 'refused')
    return { id: 'token', title: TITLE, ...finding, evidence };
  const fix = 'look for what wins over the restored secret: openclaw config get gateway.auth --json';
  return { id: 'token', status: 'fail', title: TITLE, evidence, fix };
}

type Compare = (secret: string | null) => Promise<boolean | null>;

/** Compares with what clients know: the snapshot's, by its fingerprint, or the one that the restore chose. */
function comparing({ manifest, chosen }: DrillSubject): Compare {
  const known = new Map<string, boolean>();
  return async (secret) => {
    if (secret === null) return null;
    if (chosen !== undefined) return secret === chosen.secret;
    const { fingerprint } = manifest.token;
    if (fingerprint === null) return null;
    // A fingerprint takes a tenth of a second to compare with, and most places give the same secret.
    const same = known.get(secret) ?? (await matchesFingerprint(secret, fingerprint));
    known.set(secret, same);
    return same;
  };
}

async function judged(all: readonly Supplier[], matches: Compare): Promise<(Supplier & { matches: boolean | null })[]> {
  const found = [];
  for (const supplier of all) found.push({ ...supplier, matches: await matches(supplier.secret) });
  return found;
}

function secretFor({ mode, secret }: ResolvedToken): GatewaySecret | null {
  if (mode === 'none') return { mode, value: '' };
  return mode === 'trusted-proxy' || secret === null ? null : { mode, value: secret };
}

function said(result: ConnectResult): string {
  return result.outcome === 'connected' ? 'accepts' : `refuses (${result.code})`;
}
