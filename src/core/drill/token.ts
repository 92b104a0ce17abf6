import { randomBytes } from 'node:crypto';
import type { BootedGateway, ConnectResult, GatewaySecret } from '../../ports/gateway.ts';
import type { TokenFacts } from '../archive/manifest.ts';
import { generationOf, matchesFingerprint } from '../openclaw/fingerprint.ts';
import type { Host } from '../openclaw/host.ts';
import { resolveToken, type ResolvedToken } from '../openclaw/token.ts';
import type { Check, TokenReport } from './report.ts';
import type { DrillSubject, RestoredState } from './subject.ts';

/** What the restored state says the shared secret is. Holds it in clear: never print it. */
export interface ExpectedToken {
  /** What a client must bring; null if the state gives no secret or the mode is none of the client's business. */
  readonly secret: GatewaySecret | null;
  /** OpenClaw's own fingerprint of it, as browsers' device tokens carry it. */
  readonly generation: string | null;
  readonly finding: Finding;
  readonly report: TokenReport;
}

type Finding = Pick<Check, 'status' | 'evidence' | 'fix'>;

const TITLE = 'the gateway token is the one that clients know';

/** Question 2, its first half: which source gives the secret, and is it the one that the fingerprint was made of? */
export async function expectToken(subject: DrillSubject, state: RestoredState, host: Host): Promise<ExpectedToken> {
  const facts = subject.manifest.token;
  const resolved = await resolveToken(state.places);
  const matches = (secret: string | null): Promise<boolean | null> =>
    secret === null || facts.fingerprint === null
      ? Promise.resolve(null)
      : matchesFingerprint(secret, facts.fingerprint);
  const sources = [];
  for (const { source, present, secret } of resolved.sources)
    sources.push({ source, present, matches: await matches(secret) });
  const contrary = await contraryVariable(resolved, host, matches);
  if (contrary !== null) sources.push({ source: `this host's environment ${contrary}`, present: true, matches: false });

  const finding = judge({ facts, resolved, contrary, same: await matches(resolved.secret) });
  return {
    secret: secretFor(resolved),
    generation: generationOf(resolved.mode, resolved.secret),
    finding,
    report: {
      status: finding.status,
      verdict: 'unknown',
      mode: resolved.mode,
      winner: resolved.winner,
      sources,
      lines: [],
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

function judge(seen: {
  facts: TokenFacts;
  resolved: ResolvedToken;
  contrary: string | null;
  same: boolean | null;
}): Finding {
  const { facts, resolved, contrary, same } = seen;
  const { mode, winner, secret } = resolved;
  if (mode === 'none' || mode === 'trusted-proxy')
    return { status: 'ok', evidence: `gateway.auth.mode is ${mode}: there is no shared secret` };
  if (secret === null) {
    return {
      status: 'fail',
      evidence: `the snapshot does not hold the ${mode}${winner === null ? '' : `, which comes from ${winner}`}; a gateway would make up another at every start`,
      fix: `put the old value where it came from (${facts.winner ?? 'the environment of the gateway'}), or give every client the new one`,
    };
  }
  const source = `the ${mode} comes from ${winner ?? 'nowhere'}`;
  if (same === null) return { status: 'unknown', evidence: `${source}; it was not known when the snapshot was taken` };
  if (!same) {
    const fix = `set the old ${mode} again, or enter the new one on every client`;
    return { status: 'fail', evidence: `${source} and is not the one of the snapshot`, fix };
  }
  const evidence = `${source} and equals the fingerprint in the snapshot`;
  if (contrary === null) return { status: 'ok', evidence };
  const fix = `unset ${contrary} here, or give it the value that the snapshot has`;
  return { status: 'warn', evidence: `${evidence}; but this host sets ${contrary} to another value`, fix };
}

/** A variable of this host that would give a Gateway started here another secret. */
async function contraryVariable(
  { mode, winner }: ResolvedToken,
  { env }: Host,
  matches: (secret: string | null) => Promise<boolean | null>,
): Promise<string | null> {
  const name = mode === 'password' ? 'OPENCLAW_GATEWAY_PASSWORD' : 'OPENCLAW_GATEWAY_TOKEN';
  // A literal in the config wins over any variable.
  if (winner?.includes(name) !== true) return null;
  return (await matches(env[name] ?? null)) === false ? name : null;
}

function secretFor({ mode, secret }: ResolvedToken): GatewaySecret | null {
  if (mode === 'none') return { mode, value: '' };
  return mode === 'trusted-proxy' || secret === null ? null : { mode, value: secret };
}

function said(result: ConnectResult): string {
  return result.outcome === 'connected' ? 'accepts' : `refuses (${result.code})`;
}
