import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import { type Entry, FILES_PATH, MANIFEST_PATH, PAYLOAD, SIGNATURE_PATH } from './manifest.ts';
import { checked, type Snapshot } from './snapshot.ts';
import { readTar, type TarEntry } from './tar.ts';

/** A captured entry met on the way through the tar; the content of a file must be read before the next is asked for. */
export interface Met<E extends Entry = Entry> {
  readonly entry: E;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PassOptions {
  /** What the key says of the sealed bytes: the first 16 hex digits of their SHA-256. */
  readonly digest16: string;
  readonly entries: readonly Entry[];
  /** Told how many sealed bytes have been read, as they come. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Goes through a whole snapshot once and checks everything that can be checked: every sealed byte against the digest in
 * the key, every tar entry against the signed list (none missing, added, repeated or changed in type, size or target), every
 * content against its hash.
 *
 * @throws ClawbackError `INTEGRITY` at the first thing that is wrong.
 */
export async function* passThrough(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
  const digest = createHash('sha256');
  const expected = new Map(options.entries.map((entry) => [PAYLOAD + entry.path, entry]));
  const own = new Map(snapshot.manifest.attachments.map((attachment) => [attachment.path, attachment]));
  const unhashed = new Set([FILES_PATH, MANIFEST_PATH, SIGNATURE_PATH]);
  const tar = snapshot.tar.readAll((sealed) => {
    digest.update(sealed);
    options.onRead?.(sealed.length);
  });
  for await (const found of readTar(tar)) {
    const entry = expected.get(found.path);
    if (entry !== undefined) {
      expected.delete(found.path);
      yield { entry, content: matching(found, entry) };
      continue;
    }
    const attachment = own.get(found.path);
    if (attachment !== undefined) {
      own.delete(found.path);
      await drain(checked(found.content, attachment));
    } else if (!unhashed.delete(found.path)) {
      throw new ClawbackError(
        'INTEGRITY',
        `the archive holds ${JSON.stringify(found.path)}, which its manifest does not list`,
      );
    }
  }
  const [missing] = [...expected.keys(), ...own.keys()];
  if (missing !== undefined) throw new ClawbackError('INTEGRITY', `the archive lacks ${JSON.stringify(missing)}`);
  const sha256 = digest.digest('hex');
  if (!sha256.startsWith(options.digest16)) {
    throw new ClawbackError(
      'INTEGRITY',
      `the stored bytes are not those that the key names: expected ${options.digest16}…, found ${sha256}`,
      {
        hint: 'the object was renamed or replaced; use another copy',
      },
    );
  }
}

/** Reads and forgets, for the checks on the way. */
export async function drain(stream: AsyncIterable<unknown>): Promise<void> {
  const pieces = stream[Symbol.asyncIterator]();
  while ((await pieces.next()).done !== true);
}

function matching(found: TarEntry, entry: Entry): AsyncIterable<Uint8Array> {
  const same =
    found.type === entry.type &&
    (entry.type !== 'file' || (found.size === entry.size && found.offset === entry.offset)) &&
    (entry.type !== 'symlink' || found.target === entry.target);
  if (!same)
    throw new ClawbackError('INTEGRITY', `${JSON.stringify(entry.path)} is not in the archive what the manifest says`);
  return entry.type === 'file' ? checked(found.content, entry) : found.content;
}
