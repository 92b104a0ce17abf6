import { createHash } from 'node:crypto';
import { ClawbackError } from '../../ports/errors.ts';
import { type DerivedFile, type Entry, FILES_PATH, MANIFEST_PATH, PAYLOAD, SIGNATURE_PATH } from './manifest.ts';
import { derive } from './derive.ts';
import { drain, type Met } from './met.ts';
import { checked, type Snapshot } from './snapshot.ts';
import { readTar, type TarEntry } from './tar.ts';

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
 * content against its hash. Of a differential snapshot, first its base is gone through in the same way.
 *
 * @throws ClawbackError `INTEGRITY` at the first thing that is wrong.
 */
export async function* passThrough(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
  const { base, manifest } = snapshot;
  const own = await ownEntries(snapshot, options.entries);
  if (base !== null) {
    const derived = options.entries.filter((entry): entry is DerivedFile => entry.type === 'file' && 'from' in entry);
    const { onRead } = options;
    const below = { digest16: manifest.base?.digest.slice(0, 16) ?? '', entries: await base.entries() };
    yield* derive(snapshot, passThrough(base, onRead === undefined ? below : { ...below, onRead }), derived);
    // Directories and links of the base.
    for (const entry of options.entries) {
      if (entry.type !== 'file' && !own.has(entry)) yield { entry, content: nothing() };
    }
  }
  yield* passTar(snapshot, { ...options, entries: [...own] });
}

/**
 * The same for the tar of the snapshot alone, which of a differential one is what its base has not.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export async function* passOwn(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
  yield* passTar(snapshot, { ...options, entries: [...(await ownEntries(snapshot, options.entries))] });
}

/** Those that lie in the tar of the snapshot itself; of a full one, all. */
async function ownEntries(snapshot: Snapshot, entries: readonly Entry[]): Promise<ReadonlySet<Entry>> {
  if (snapshot.base === null) return new Set(entries);
  const listed = new Set((await snapshot.listed()).map(({ path }) => path));
  return new Set(entries.filter((entry) => (entry.type === 'file' ? 'offset' in entry : listed.has(entry.path))));
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A directory or a link.
}

async function* passTar(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
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

function matching(found: TarEntry, entry: Entry): AsyncIterable<Uint8Array> {
  const same =
    found.type === entry.type &&
    (entry.type !== 'file' || (found.size === entry.size && 'offset' in entry && found.offset === entry.offset)) &&
    (entry.type !== 'symlink' || found.target === entry.target);
  if (!same)
    throw new ClawbackError('INTEGRITY', `${JSON.stringify(entry.path)} is not in the archive what the manifest says`);
  return entry.type === 'file' ? checked(found.content, entry) : found.content;
}
