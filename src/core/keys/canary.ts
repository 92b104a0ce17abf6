import * as z from 'zod';
import { ClawbackError } from '../../ports/errors.ts';
import type { DeviceIdentity } from '../../ports/gateway.ts';

/** Clawback's own device: what it holds of a pairing with the live Gateway. A secret. */
export interface Canary extends DeviceIdentity {
  /** Null until a person has approved it. */
  readonly deviceToken: string | null;
}

/** A canary that has been approved. */
export type PairedCanary = Canary & { readonly deviceToken: string };

const schema = z.object({
  deviceId: z.string().regex(/^[0-9a-f]{64}$/),
  privateKeyPem: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
  deviceToken: z.string().min(1).nullable(),
});

/** The text of the canary file, and of the same in a snapshot. */
export function formatCanary({ deviceId, privateKeyPem, deviceToken }: Canary): string {
  return `${JSON.stringify({ deviceId, privateKeyPem, deviceToken }, null, 2)}\n`;
}

/**
 * @throws ClawbackError `CONFIG` if the text is none; its content never appears in a message.
 */
export function parseCanary(text: string): Canary {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    throw new ClawbackError('CONFIG', 'the canary file holds no canary', {
      hint: 'remove it and pair a new one: clawback key canary',
    });
  }
}

/** The canary that a snapshot holds; undefined if it is of no use, which is the next backup's concern and no restore's. */
export function pairedCanary(text: string): PairedCanary | undefined {
  try {
    const canary = parseCanary(text);
    return isPaired(canary) ? canary : undefined;
  } catch {
    return undefined;
  }
}

export function isPaired(canary: Canary): canary is PairedCanary {
  return canary.deviceToken !== null;
}
