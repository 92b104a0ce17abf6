import { type FrameMemory, type TarFrame } from '../archive/frame-writer.ts';
import { type Manifest } from '../archive/manifest.ts';
import { pack } from '../archive/pack.ts';
import { encodeSignature } from '../archive/trust.ts';
import { type SigningSecret } from '../keys/signing.ts';
import { Capture, type CaptureOptions } from './capture.ts';
import { dietOf, type DietOptions } from './diet.ts';
import { factsOf, type FactsRequest, type Understood } from './facts.ts';

/** What the tar of a snapshot is made from: plain data, so that it can be handed to another thread. */
export interface TarJob extends FactsRequest {
  readonly understood: Understood;
  readonly diet: DietOptions;
  readonly signingSecret: SigningSecret;
  /** Private directory for database copies. */
  readonly stage: string;
}

export interface TarWriting extends Pick<CaptureOptions, 'signal' | 'onBytes'> {
  readonly memory: FrameMemory;
  /** Told the manifest when it is final. */
  readonly onManifest: (manifest: Manifest) => void;
}

/** Captures an installation and writes the tar of its snapshot, in frames. */
export function writeTar(job: TarJob, writing: TarWriting): AsyncGenerator<TarFrame> {
  const { understood } = job;
  const source = { roots: understood.roots, configFiles: understood.config.files, diet: dietOf(job.diet) };
  const capture = new Capture(source, { ...writing, stage: job.stage });
  return pack({
    ...writing,
    captured: capture.entries(),
    facts: () => factsOf(job, understood, capture),
    sign: (manifest) => encodeSignature(job.signingSecret, manifest),
  });
}
