import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import type { Keyring } from '../archive/header.ts';
import { OpenedSource, seal } from '../archive/sealed.ts';
import { collect } from '../archive/source.ts';
import { checkSignature, encodeSignature } from '../archive/trust.ts';
import type { SignerKey } from '../keys/signer-key.ts';
import type { SigningSecret } from '../keys/signing.ts';
import { isInstanceName, snapshotId } from '../snapshot-id.ts';
import { parseRecord, type DrillRecord } from './record.ts';

/** A record as it lies beside the snapshots: `<instance>/drills/<UTC>-<digest16>.json.age`. */
export interface SealedRecord {
  readonly key: string;
  readonly bytes: Buffer;
}

/** What a key of a record tells: names sort by time. */
export interface RecordKey {
  readonly key: string;
  readonly instance: string;
  /** `<UTC>-<digest16>`. */
  readonly name: string;
}

const KEY = /^([^/]+)\/drills\/(\d{8}T\d{6}Z-[0-9a-f]{16})\.json\.age$/;

/** A record has some kilobytes; whoever may write to the storage could put there what fills the memory. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;

export function parseRecordKey(key: string): RecordKey | null {
  const [, instance = '', name = ''] = KEY.exec(key) ?? [];
  return isInstanceName(instance) ? { key, instance, name } : null;
}

/** The name of a record that was made then and has this digest. */
export function recordName(at: string, digest: string): string {
  return snapshotId(at, digest);
}

/**
 * Seals a record to those who may open the snapshots. It is a line of JSON, and a line with its signature where this host has
 * the instance's key.
 *
 * @throws ClawbackError `CONFIG` if there is no recipient
 */
export async function sealRecord(
  record: DrillRecord,
  recipients: readonly string[],
  signing: SigningSecret | null,
): Promise<SealedRecord> {
  const json = Buffer.from(JSON.stringify(record));
  const signature = signing === null ? '' : encodeSignature(signing, json);
  const plain = Buffer.concat([json, Buffer.from(`\n${signature}`)]);
  const bytes = await collect(seal(once(plain), recipients), MAX_RECORD_BYTES);
  return { key: `${record.snapshot.instance}/drills/${recordName(record.at, digestOf(bytes))}.json.age`, bytes };
}

/**
 * Opens a record, and says who signed it: null if nobody did whom `signers` name, so that anyone who may write to the
 * storage could have made it.
 *
 * @throws ClawbackError `NO_IDENTITY`; `INTEGRITY` if it is not what its key names, or was altered after it was signed
 */
export async function openRecord(
  { key, bytes }: SealedRecord,
  keyring: Keyring,
  signers: readonly SignerKey[],
): Promise<{ record: DrillRecord; signer: SignerKey | null }> {
  const named = parseRecordKey(key);
  const source = {
    ...{ size: bytes.length, copies: 1, leave: () => undefined },
    read: (start: number, end: number | null) => once(bytes.subarray(start, end ?? bytes.length)),
  };
  const opened = await OpenedSource.open(source, keyring);
  const plain = await collect(opened.read(0, null), MAX_RECORD_BYTES);
  const end = plain.indexOf('\n');
  const [json, signature] = [plain.subarray(0, end), plain.subarray(end + 1)];
  const record = parseRecord(json.toString('utf8'), key);
  if (named?.name !== recordName(record.at, digestOf(bytes)) || named.instance !== record.snapshot.instance) {
    throw new ClawbackError('INTEGRITY', `${key} holds another record than its name says`, {
      hint: 'find out who renamed or changed it; clawback drill makes a new one',
    });
  }
  const trust = { signers, allowUnsigned: true };
  return { record, signer: checkSignature(json, signature.length === 0 ? null : signature, trust) };
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
