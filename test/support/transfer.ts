import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { temporaryDirectory } from './temporary.ts';

const MiB = 1024 * 1024;
const CHILD = fileURLToPath(new URL('transfer-child.ts', import.meta.url));

export interface Transfer {
  /** Whether what came back is what was put, and as much as was counted on the way. */
  readonly isWhole: boolean;
  /** Bytes of memory that the process held at most. */
  readonly peak: number;
  readonly seconds: { readonly up: number; readonly down: number };
}

/** Sends a file of random bytes to a storage and back, in a process of its own with these variables. */
export async function transferred(
  url: string,
  mebibytes: number,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Transfer> {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, 'file');
  {
    await using file = await open(path, 'wx');
    const piece = Buffer.alloc(MiB);
    for (let written = 0; written < mebibytes; written++) await file.write(randomFillSync(piece));
  }
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  const options = { env: { ...process.env, ...env } };
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, url, path], options);
  const report = JSON.parse(stdout) as Transfer & { readonly digest: string; readonly sent: number };
  return { ...report, isWhole: report.digest === hash.digest('hex') && report.sent === mebibytes * MiB };
}
