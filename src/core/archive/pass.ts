import { ArchiveCheck } from './archive-check.ts';
import { checked } from './content-check.ts';
import { derive } from './derive.ts';
import { DigestCheck } from './digest-check.ts';
import type { DerivedFile, Entry } from './manifest.ts';
import { drain, type Met } from './met.ts';
import { readTar } from './read-tar.ts';
import type { Snapshot } from './snapshot.ts';

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
    const isOwn = new Set(own);
    const derived = options.entries.filter((entry): entry is DerivedFile => entry.type === 'file' && 'from' in entry);
    const { onRead } = options;
    const below = { digest16: manifest.base?.digest.slice(0, 16) ?? '', entries: await base.entries() };
    yield* derive(snapshot, passThrough(base, onRead === undefined ? below : { ...below, onRead }), derived);
    // Directories and links of the base.
    for (const entry of options.entries) {
      if (entry.type !== 'file' && !isOwn.has(entry)) yield { entry, content: nothing() };
    }
  }
  yield* passTar(snapshot, { ...options, entries: own });
}

/**
 * The same for the tar of the snapshot alone, which of a differential one is what its base has not.
 *
 * @throws ClawbackError `INTEGRITY`
 */
export async function* passOwn(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
  yield* passTar(snapshot, { ...options, entries: await ownEntries(snapshot, options.entries) });
}

/** Those that lie in the tar of the snapshot itself; of a full one, all. */
export async function ownEntries(snapshot: Snapshot, entries: readonly Entry[]): Promise<readonly Entry[]> {
  if (snapshot.base === null) return entries;
  const listed = new Set((await snapshot.listed()).map(({ path }) => path));
  return entries.filter((entry) => (entry.type === 'file' ? 'offset' in entry : listed.has(entry.path)));
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A directory or a link.
}

async function* passTar(snapshot: Snapshot, options: PassOptions): AsyncGenerator<Met> {
  const digest = new DigestCheck();
  const archive = new ArchiveCheck(options.entries, snapshot.manifest.attachments);
  const tar = snapshot.tar.readAll((sealed) => {
    digest.update(sealed);
    options.onRead?.(sealed.length);
  });
  for await (const found of readTar(tar)) {
    const { entry, content: expected } = archive.recognise(found);
    const content = expected === null ? found.content : checked(found.content, expected);
    if (entry === null) await drain(content);
    else yield { entry, content };
  }
  archive.finish();
  digest.finish(options.digest16);
}
