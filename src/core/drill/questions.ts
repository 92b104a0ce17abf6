import { ClawbackError } from '../../ports/errors.ts';
import type { BootedGateway, GatewaySecret } from '../../ports/gateway.ts';
import type { PairedCanary } from '../keys/canary.ts';
import { askCanary } from './canary.ts';
import { askCounts, type Listed } from './content.ts';
import type { CanaryReport, Check } from './report.ts';
import { STARTS } from './start.ts';
import { askToken, type TokenAnswer } from './token.ts';

/** What the booted Gateway said; nothing, if none was booted. */
export interface Answers {
  readonly token: TokenAnswer | null;
  readonly listed: Listed;
  readonly canary: CanaryReport | null;
  /** Set if it went away while it was asked. */
  readonly died: Check | null;
}

export interface Asking {
  /** Null if it is not known; then only a device may get in. */
  readonly secret: GatewaySecret | null;
  readonly canary: PairedCanary | undefined;
}

/** Asks the booted Gateway everything that only a running one can answer. */
export async function question(gateway: BootedGateway | null, { secret, canary }: Asking): Promise<Answers> {
  const answers: Answers = { token: null, listed: {}, canary: null, died: null };
  if (gateway === null) return answers;
  try {
    const token = secret === null || secret.mode === 'none' ? null : await askToken(gateway, secret);
    const listed = secret === null || token?.right.outcome === 'refused' ? {} : await askCounts(gateway, secret);
    // Last: if it is not known, asking leaves a request behind.
    const asked = canary === undefined ? null : await askCanary(gateway, canary, secret);
    return { token, listed, canary: asked, died: null };
  } catch (error) {
    if (!(error instanceof ClawbackError) || (error.code !== 'GATEWAY_DIED' && error.code !== 'UNAVAILABLE'))
      throw error;
    return {
      ...answers,
      died: { id: 'start', status: 'fail', title: STARTS, evidence: `it started, but then: ${error.message}` },
    };
  }
}
