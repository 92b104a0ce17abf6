import { compressFrames } from './archive/compress.ts';
import type { Manifest } from './archive/manifest.ts';
import { seal } from './archive/sealed.ts';
import { Disturbed } from './capture/disturbed.ts';
import type { TarJob, TarWriting } from './capture/tar-job.ts';
import { TarThread } from './capture/tar-thread.ts';
import type { Spool, Spooled } from './spool.ts';

export interface Taking extends Pick<TarWriting, 'onBytes'> {
  readonly request: { readonly createdAt: string; readonly recipients: readonly string[] };
  readonly spool: Spool;
  /** Of this snapshot alone. */
  readonly thread: TarThread;
}

/** A snapshot that lies in the spool. */
export interface Taken extends Spooled {
  readonly manifest: Manifest;
  /** SHA-256 of the manifest's bytes, hex. */
  readonly sha256: string;
}

/**
 * Captures, compresses and seals a snapshot into the spool. Databases that nobody has open are not copied for that; if somebody opens one
 * meanwhile, as a Gateway does that is started, all is done again, with copies.
 */
export async function take(job: TarJob, taking: Taking, signal: AbortSignal): Promise<Taken> {
  try {
    return await takeOnce(job, taking, signal);
  } catch (error) {
    if (!(error instanceof Disturbed)) throw error;
  }
  await taking.thread[Symbol.asyncDispose]();
  await using thread = new TarThread();
  return await takeOnce({ ...job, readsInPlace: false }, { ...taking, thread }, signal);
}

/** @throws Disturbed; then nothing of it is left in the spool. */
async function takeOnce(job: TarJob, { request, spool, thread, onBytes }: Taking, signal: AbortSignal): Promise<Taken> {
  const written: Pick<Taken, 'manifest' | 'sha256'>[] = [];
  const tar = thread.frames(job, {
    signal,
    onBytes,
    onManifest: (manifest, sha256) => written.push({ manifest, sha256 }),
  });
  const spooled = await spool.add(seal(compressFrames(tar, thread.done), request.recipients), {
    createdAt: request.createdAt,
    base: () => written[0]?.manifest.base?.digest ?? null,
    signal,
  });
  const [only] = written;
  if (only === undefined) throw new Error('a tar without a manifest');
  return { ...spooled, ...only };
}
