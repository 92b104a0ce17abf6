import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Root } from '../../../../src/core/archive/manifest.ts';
import type { Captured } from '../../../../src/core/archive/pack.ts';
import { Capture } from '../../../../src/core/capture/capture.ts';
import { dietOf, type DietOptions } from '../../../../src/core/capture/diet.ts';

export interface Caught {
  readonly entry: Captured;
  readonly content: Buffer;
}

export interface CaptureSetting {
  readonly roots?: readonly Root[];
  readonly configFiles?: readonly string[];
  readonly diet?: Partial<DietOptions>;
  /** By this host's clock; now by default, so that all that a test has just made counts as young. */
  readonly begunAt?: number;
  readonly readsInPlace?: boolean;
  /** Called with each entry before its content is read; and, for a large file, after its first piece. */
  readonly on?: (path: string, moment: 'found' | 'reading') => Promise<void> | void;
  /** Called before the capture begins. */
  readonly onBegin?: (capture: Capture) => void;
  /** Called with each file that the walk has come to, before it is opened. */
  readonly onLook?: (path: string) => void;
}

/** Captures `<home>/state`, or other roots, and keeps everything by path, in the order of capture. */
export async function captured(
  home: string,
  {
    roots = [stateRoot(home)],
    configFiles = [],
    diet = {},
    begunAt = Date.now(),
    readsInPlace = true,
    on = () => undefined,
    onBegin,
    onLook,
  }: CaptureSetting = {},
): Promise<{ caught: Map<string, Caught>; capture: Capture }> {
  const stage = join(home, 'stage');
  await mkdir(stage, { recursive: true });
  const source = {
    ...{ roots, configFiles, begunAt, readsInPlace },
    diet: dietOf({ exclude: [], include: [], own: [], ...diet }),
  };
  const isUntouched = (path: string): boolean => {
    onLook?.(path);
    return false;
  };
  const { signal } = new AbortController();
  const capture = new Capture(source, { stage, signal, onBytes: () => undefined, isUntouched });
  onBegin?.(capture);
  const caught = new Map<string, Caught>();
  for await (const run of capture.entries()) {
    for (const entry of run) {
      await on(entry.path, 'found');
      const pieces: Buffer[] = [];
      if (entry.type === 'file') {
        for await (const piece of entry.content instanceof Uint8Array ? [entry.content] : entry.content) {
          pieces.push(Buffer.from(piece));
          if (pieces.length === 1) await on(entry.path, 'reading');
        }
      }
      caught.set(entry.path, { entry, content: Buffer.concat(pieces) });
    }
  }
  return { caught, capture };
}

export function stateRoot(home: string): Root {
  return { name: 'state', kind: 'state', path: join(home, 'state'), type: 'directory' };
}
