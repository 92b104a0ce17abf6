import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, GatewaySecret } from '../../ports/gateway.ts';
import { askCounts, type Listed } from './content.ts';
import type { Check } from './report.ts';
import { STARTS } from './start.ts';
import { askToken, type TokenAnswer } from './token.ts';

/** What the booted Gateway said; nothing, if none was booted. */
export interface Answers {
  readonly token: TokenAnswer | null;
  readonly listed: Listed;
  /** Set if it went away while it was asked. */
  readonly died: Check | null;
}

/** Asks the booted Gateway everything that only a running one can answer; without a secret it answers nobody. */
export async function question(gateway: BootedGateway | null, secret: GatewaySecret | null): Promise<Answers> {
  const answers: Answers = { token: null, listed: {}, died: null };
  if (gateway === null || secret === null) return answers;
  try {
    const token = secret.mode === 'none' ? null : await askToken(gateway, secret);
    const listed = token?.right.outcome === 'refused' ? {} : await askCounts(gateway, secret);
    return { token, listed, died: null };
  } catch (error) {
    if (!(error instanceof ClawbackError) || (error.code !== 'GATEWAY_DIED' && error.code !== 'UNAVAILABLE'))
      throw error;
    return {
      ...answers,
      died: { id: 'start', status: 'fail', title: STARTS, evidence: `it started, but then: ${error.message}` },
    };
  }
}
