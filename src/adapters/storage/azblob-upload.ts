import { createHash } from 'node:crypto';
import type { BlockBlobClient } from '@azure/storage-blob';
import { isPassing } from './azblob-errors.ts';
import { fitsOnePart, sendInParts } from './blob-parts.ts';
import { allowance, bounded } from './patience.ts';

const MOST_BLOCKS = 50_000;

interface Upload {
  readonly body: Blob;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds that the service may owe an answer. */
  readonly patience: number;
}

/** Nothing of that name may be there. */
const NEW = { conditions: { ifNoneMatch: '*' } };

/**
 * Creates a blob; the service compares the digest of all that it is sent. Blocks that are committed to no blob are shown to
 * nobody, cannot be removed, and are dropped by Azure in a week.
 */
export async function upload(blob: BlockBlobClient, { body, signal, patience }: Upload): Promise<void> {
  if (fitsOnePart(body)) {
    const bytes = Buffer.from(await body.arrayBuffer());
    await bounded(allowance(patience, bytes.length), signal, (abortSignal) =>
      blob.upload(bytes, bytes.length, { ...NEW, ...digest(bytes), abortSignal }),
    );
    return;
  }
  // Blocks of two uploads to one name stand side by side: each upload names its own.
  const prefix = crypto.randomUUID();
  const names = new Map<number, string>();
  await sendInParts(body, {
    most: MOST_BLOCKS,
    signal,
    isPassing,
    send: async ({ number, bytes }, stop) => {
      const name = Buffer.from(`${prefix}-${String(number).padStart(5, '0')}`).toString('base64');
      await bounded(allowance(patience, bytes.length), stop, (abortSignal) =>
        blob.stageBlock(name, bytes, bytes.length, { ...digest(bytes), abortSignal }),
      );
      names.set(number, name);
    },
  });
  const inOrder = [...names].sort(([a], [b]) => a - b).map(([, name]) => name);
  await bounded(patience, signal, (abortSignal) => blob.commitBlockList(inOrder, { ...NEW, abortSignal }));
}

function digest(bytes: Buffer): { readonly transactionalContentMD5: Uint8Array } {
  return { transactionalContentMD5: createHash('md5').update(bytes).digest() };
}
