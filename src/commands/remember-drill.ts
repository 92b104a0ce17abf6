import { KeptRecords } from '../core/drill/kept-records.ts';
import { sealRecord, type SealedRecord } from '../core/drill/sealed-record.ts';
import { parseRecipients } from '../core/keys/recipients.ts';
import { messageOf } from '../core/openclaw/message.ts';
import type { Destination } from '../core/publish.ts';
import type { Context } from './context.ts';
import type { DrillResult } from './drill.ts';
import type { Reading } from './reading.ts';
import { loadSigningSecret } from './signing-key.ts';

/**
 * Keeps the whole report on this host, and a sealed one in every destination that was read from, for other machines to see. What
 * cannot be kept is a warning: the drill is made, and its result stands.
 */
export async function rememberDrill(result: DrillResult, reading: Reading, context: Context): Promise<void> {
  const { instance } = result.snapshot;
  await new KeptRecords(context.paths.stateDir, instance).add(result).catch((error: unknown) => {
    context.warn(`the report of the drill could not be kept on this host: ${messageOf(error)}`);
  });
  const sealed = await sealFor(result, reading, context).catch((error: unknown) => {
    context.warn(`the report of the drill is kept on this host alone: ${messageOf(error)}`);
    return null;
  });
  if (sealed === null) return;
  await Promise.all(reading.destinations.map((destination) => put(sealed, destination, context)));
}

/** To everyone whom the config or the kit names, else to whoever could open the snapshot here; signed where this host has the key. */
async function sealFor(result: DrillResult, reading: Reading, context: Context): Promise<SealedRecord> {
  const config = context.config?.instance === result.snapshot.instance ? context.config : null;
  const recipients = parseRecipients([...(config?.recipients ?? []), ...reading.recipients]);
  return sealRecord(result, recipients, config === null ? null : await loadSigningSecret(config).catch(() => null));
}

async function put({ key, bytes }: SealedRecord, { name, storage }: Destination, context: Context): Promise<void> {
  try {
    await storage.put(key, new Blob([Uint8Array.from(bytes)]), { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    context.warn(`${name} did not take the record of the drill: ${messageOf(error)}`);
  }
}
