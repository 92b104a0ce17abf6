import { readFile, writeFile } from 'node:fs/promises';
import { type FrameMemory, FrameWriter, type TarFrame } from '../archive/frame-writer.ts';
import type { Base } from '../archive/manifest.ts';
import { pack, type Packing } from '../archive/pack.ts';
import { encodeSignature } from '../archive/trust.ts';
import { Changes } from '../differential/changes.ts';
import { TreeRecord } from '../differential/tree-record.ts';
import { TreeRecording } from '../differential/tree-recording.ts';
import type { SigningSecret } from '../keys/signing.ts';
import { Capture, type CaptureOptions } from './capture.ts';
import { dietOf, type DietOptions } from './diet.ts';
import { type FactsRequest, gatherFacts, type Understood } from './facts.ts';

/** What the tar of a snapshot is made from: plain data, so that it can be handed to another thread. */
export interface TarJob extends FactsRequest {
  /** By this host's clock, in milliseconds since 1970. */
  readonly begunAt: number;
  /** True to read databases where they lie that nobody has open: half the work, and no room is needed for copies. */
  readonly readsInPlace: boolean;
  readonly understood: Understood;
  readonly diet: DietOptions;
  readonly signingSecret: SigningSecret;
  /** Text of the canary's file; null if no canary is paired. A secret. */
  readonly canary: string | null;
  /** Private directory for database copies. */
  readonly stage: string;
  /** The snapshot to hold the changes since, and the file that tells what it captured; null for a full one. */
  readonly base: { readonly base: Base; readonly tree: string } | null;
  /** Where to write what a full one captured. */
  readonly tree: string;
}

export interface TarWriting extends Pick<CaptureOptions, 'signal' | 'onBytes'> {
  /** Where frames get their memory; whoever has used one up gives it back. */
  readonly memory: FrameMemory;
  /** Told the manifest when it is final, and the SHA-256 of its bytes, hex. */
  readonly onManifest: Packing['onManifest'];
}

/**
 * Captures an installation and writes the tar of its snapshot, in frames. If what the base captured cannot be read, it is a full one
 * after all; its manifest says so.
 *
 * @throws Disturbed if a database was opened that was read where it lies; it is to be done again, with copies.
 */
export async function* writeTar(job: TarJob, writing: TarWriting): AsyncGenerator<TarFrame> {
  const before =
    job.base === null ? null : TreeRecord.decode(await readFile(job.base.tree).catch(() => Buffer.alloc(0)));
  if (job.base === null || before === null) yield* writeFull(job, writing);
  else yield* writeDifferential(job, writing, { base: job.base.base, before });
}

async function* writeFull(job: TarJob, writing: TarWriting): AsyncGenerator<TarFrame> {
  const recording = new TreeRecording(job.begunAt);
  const { capture, packing } = prepare(job, writing);
  const captured = recording.watch(capture.entries());
  yield* pack({ ...packing, captured, onEntry: recording.add, onSpareTime: recording.ahead });
  // While the list is being compressed.
  await writeFile(job.tree, recording.finish(), { mode: 0o600 });
  await capture.copies.removed;
}

async function* writeDifferential(
  job: TarJob,
  writing: TarWriting,
  { base, before }: { readonly base: Base; readonly before: TreeRecord },
): AsyncGenerator<TarFrame> {
  const changes = new Changes(before);
  const { capture, packing } = prepare(job, writing, changes.isUntouched);
  const facts: Packing['facts'] = async () => {
    const found = await packing.facts();
    return { ...found, facts: { ...found.facts, format: 2, kind: 'differential', base } };
  };
  yield* pack({ ...packing, captured: changes.since(capture.entries()), facts, tree: () => changes.totals });
  await capture.copies.removed;
}

function prepare(
  job: TarJob,
  writing: TarWriting,
  isUntouched?: CaptureOptions['isUntouched'],
): { readonly capture: Capture; readonly packing: Omit<Packing, 'captured'> } {
  const { understood, begunAt, readsInPlace } = job;
  const { roots, config } = understood;
  const source = { roots, configFiles: config.files, diet: dietOf(job.diet), begunAt, readsInPlace };
  const frames = new FrameWriter(writing.memory);
  const capture = new Capture(source, { ...writing, stage: job.stage, isUntouched, room: () => frames.room() });
  const gathered = gatherFacts(job, understood, capture);
  return {
    capture,
    packing: {
      frames,
      onManifest: writing.onManifest,
      canary: job.canary,
      async facts() {
        const facts = await gathered();
        capture.copies.confirm();
        capture.copies.remove();
        return facts;
      },
      sign: (manifest) => encodeSignature(job.signingSecret, manifest),
    },
  };
}
