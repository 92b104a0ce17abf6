import { ClawbackError } from '../../ports/errors.ts';
import { decodeRecipient } from '../keys/recipients.ts';
import { collect } from './source.ts';
import { sealX25519Header } from './x25519-header.ts';

/** What opens snapshots: age identities (`AGE-SECRET-KEY-…`), and a passphrase for those sealed with one. */
export interface Keyring {
  readonly identities: readonly string[];
  readonly passphrase?: string | undefined;
}

/** An age header and the 16-byte file key that it wraps. */
export interface SealedHeader {
  readonly bytes: Buffer;
  readonly fileKey: Buffer;
}

/** The longest header we read: 1,000 post-quantum recipients fit; anything longer is not one of our snapshots. */
export const MAX_HEADER_BYTES = 2 * 1024 * 1024;

/** age's nonce and the tag of the one empty chunk that the library writes after a header. */
const EMPTY_PAYLOAD_BYTES = 16 + 16;

const MAC_LINE = Buffer.from('\n--- ');

/**
 * Makes the age header for one file.
 *
 * @throws ClawbackError `CONFIG` if there is no recipient: age itself would seal to nobody without a word.
 */
export async function sealHeader(recipients: readonly string[]): Promise<SealedHeader> {
  if (recipients.length === 0) {
    throw new ClawbackError('CONFIG', 'no recipient: nobody could ever open the snapshot', {
      hint: 'run `clawback init`, or name one under recipients in the config',
    });
  }
  const keys = recipients.map(decodeRecipient).flatMap((found) => (found?.kind === 'age' ? [found.key] : []));
  return keys.length === recipients.length ? sealX25519Header(keys) : sealWithLibrary(recipients);
}

/** The library chooses the file key and wraps it; one more recipient, which adds nothing to the header, learns it. */
async function sealWithLibrary(recipients: readonly string[]): Promise<SealedHeader> {
  const { Encrypter } = await import('age-encryption');
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  let fileKey = Buffer.alloc(0);
  encrypter.addRecipient({
    wrapFileKey: (key) => {
      fileKey = Buffer.from(key);
      return [];
    },
  });
  // As a stream: for bytes the library would load all that `fetch` consists of, which takes longer than the header.
  const sealedNothing = await collect(await encrypter.encrypt(ReadableStream.from<Uint8Array>([])), MAX_HEADER_BYTES);
  return { bytes: sealedNothing.subarray(0, sealedNothing.length - EMPTY_PAYLOAD_BYTES), fileKey };
}

/** Length of the age header that `bytes` begin with, or null if its end is not among them. */
export function headerLength(bytes: Buffer): number | null {
  const mac = bytes.indexOf(MAC_LINE);
  if (mac < 0) return null;
  const end = bytes.indexOf(0x0a, mac + MAC_LINE.length);
  return end < 0 ? null : end + 1;
}

/**
 * The file key that a header wraps for one of our identities.
 *
 * @throws ClawbackError `NO_IDENTITY` if none fits; `INTEGRITY` if this is no age header or its MAC is wrong.
 */
export async function openHeader(header: Buffer, keyring: Keyring): Promise<Buffer> {
  if (keyring.identities.length === 0 && keyring.passphrase === undefined) {
    throw new ClawbackError('NO_IDENTITY', 'a snapshot can be opened only with an identity, and none is configured', {
      hint: 'name the identity file with --identity, or under identity in the config',
    });
  }
  const { Decrypter } = await import('age-encryption');
  const decrypter = new Decrypter();
  for (const identity of keyring.identities) decrypter.addIdentity(identity);
  if (keyring.passphrase !== undefined) decrypter.addPassphrase(keyring.passphrase);
  try {
    return Buffer.from(await decrypter.decryptHeader(header));
  } catch (error) {
    // The library tells these apart by message alone; a wording it changes becomes INTEGRITY, which is never a pass.
    if (error instanceof Error && error.message.includes('no identity matched')) {
      throw new ClawbackError('NO_IDENTITY', 'no identity at hand opens this snapshot', {
        cause: error,
        hint: 'use the identity file that was made with the instance, or the one on its recovery kit',
      });
    }
    throw new ClawbackError('INTEGRITY', 'the age header is damaged', { cause: error });
  }
}
