import { composeConfig } from '../../config/compose.ts';
import type { Destination } from '../../config/config.ts';
import type { Site } from '../site.ts';

interface Where {
  readonly stateDir: string | null;
  readonly identity: string;
  readonly destinations: readonly Destination[];
}

/** A config for another place than this one, with the same instance and recipients. */
export function configText({ instance, recipients }: Site, { stateDir, identity, destinations }: Where): string {
  const noted = recipients.map((recipient) => ({ recipient, note: 'who may open snapshots' }));
  return composeConfig({ instance, stateDir, recipients: noted, identity, destinations });
}
