import type { TokenFacts } from '../archive/manifest.ts';
import { stringAt, textOf, valueAt } from './config-value.ts';
import { fingerprintOf, generationOf } from './fingerprint.ts';
import { referencedVariables, secretRef, substitute } from './references.ts';
import { type SecretPlaces, secretOf } from './secret.ts';

/** The Gateway's shared secret and every place that could give one. Holds secrets in clear: never print it. */
export interface ResolvedToken {
  readonly mode: TokenFacts['mode'];
  /** `source` of the one that wins; null if none gives a secret (the Gateway then makes up one per start, or refuses to). */
  readonly winner: string | null;
  /** What the Gateway will accept; null if unknown. */
  readonly secret: string | null;
  /** In order of precedence. `present` means that the place names a secret, even one that cannot be read from here. */
  readonly sources: readonly TokenSource[];
}

export interface TokenSource {
  readonly source: string;
  readonly present: boolean;
  readonly secret: string | null;
}

interface Candidate extends TokenSource {
  /** True if OpenClaw looks no further even when the secret is missing: it refuses to start instead. */
  readonly final: boolean;
}

/**
 * Resolves the token, or the password, as OpenClaw 2026.9 does: what the config says (a literal, `${NAME}`, a reference
 * to a secret) beats the environment, which counts only if the config gives nothing; `gateway.remote` is the last resort.
 *
 * A `--token` flag on the Gateway's command line would beat them all and is not seen.
 */
export async function resolveToken(question: SecretPlaces): Promise<ResolvedToken> {
  const tokens = await candidates('token', question);
  const passwords = await candidates('password', question);
  const mode = modeOf(question.config.value, winnerOf(passwords) !== null);
  if (mode === 'none' || mode === 'trusted-proxy') return { mode, winner: null, secret: null, sources: [] };
  const relevant = mode === 'password' ? passwords : tokens;
  const winner = winnerOf(relevant);
  const sources = relevant.map(({ source, present, secret }) => ({ source, present, secret }));
  return { mode, winner: winner?.source ?? null, secret: winner?.secret ?? null, sources };
}

/**
 * What the manifest may say of it.
 *
 * @param salt at least 16 random bytes, fresh for each snapshot
 */
export async function tokenFacts(resolved: ResolvedToken, salt: Buffer): Promise<TokenFacts> {
  const { mode, winner, secret } = resolved;
  const fingerprint = secret === null ? null : await fingerprintOf(secret, salt);
  return { mode, winner, fingerprint, generation: generationOf(mode, secret) };
}

function modeOf(config: unknown, hasPassword: boolean): TokenFacts['mode'] {
  const configured = stringAt(config, 'gateway.auth.mode');
  if (configured === 'none' || configured === 'trusted-proxy' || configured === 'password') return configured;
  return configured === null && hasPassword ? 'password' : 'token';
}

async function candidates(kind: 'token' | 'password', question: SecretPlaces): Promise<Candidate[]> {
  const name = kind === 'token' ? 'OPENCLAW_GATEWAY_TOKEN' : 'OPENCLAW_GATEWAY_PASSWORD';
  const secret = textOf(question.environment.values[name]);
  return [
    await fromConfig('gateway.auth', kind, question),
    { source: `environment ${name}`, present: secret !== null, secret, final: false },
    { ...(await fromConfig('gateway.remote', kind, question)), final: false },
  ];
}

async function fromConfig(section: string, kind: string, question: SecretPlaces): Promise<Candidate> {
  const { config, environment } = question;
  const value = valueAt(config.value, `${section}.${kind}`);
  const label = section === 'gateway.auth' ? 'config' : section;
  const text = textOf(value);
  // `${NAME}` is filled in before anything else looks at it, and if it is missing OpenClaw goes on as if it were not there.
  if (text?.includes('${') === true) {
    const names = referencedVariables(text).map((name) => ` \${${name}}`);
    const secret = substitute(text, (name) => environment.values[name] ?? null);
    return { source: `${label}${names.join('')}`, present: true, secret, final: false };
  }
  const ref = secretRef(value, config.value);
  if (ref !== null) {
    const prefix = label === 'config' ? '' : `${label} `;
    const secret = await secretOf(ref, question);
    return { source: `${prefix}secret ${ref.source} ${ref.id}`, present: true, secret, final: true };
  }
  return { source: text === null ? label : `${label} literal`, present: text !== null, secret: text, final: false };
}

function winnerOf(all: readonly Candidate[]): Candidate | null {
  return all.find((candidate) => candidate.present && (candidate.secret !== null || candidate.final)) ?? null;
}
