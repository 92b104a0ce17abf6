import { createHmac } from 'node:crypto';
import type { SenderAddress, Send } from '../../ports/notifier.ts';
import { post } from './post.ts';

/** The notice as JSON; with a secret, `X-Clawback-Signature` is the HMAC-SHA256 of the body. */
export function webhookSender(address: SenderAddress): Send {
  return async (notice, signal) => {
    const body = JSON.stringify(notice);
    await post(address, { body, headers: signature(body, address.secret), signal });
  };
}

function signature(body: string, secret: string | null): Readonly<Record<string, string>> {
  if (secret === null) return {};
  return { 'x-clawback-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}
