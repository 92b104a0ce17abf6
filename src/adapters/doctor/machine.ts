import { execFile } from 'node:child_process';
import { open, readdir, readlink, stat, statfs } from 'node:fs/promises';
import type { Machine, Stat } from '../../ports/machine.ts';

const MOST = 1024 * 1024;
const TOOL_PATIENCE = 2000;

/**
 * The machine that this process runs on.
 *
 * @param environment what the system's own tools may know: `PATH`, `HOME`, `KUBECONFIG`, …
 */
export function thisMachine(environment: Readonly<Record<string, string | undefined>>): Machine {
  return {
    read: (path) => orNull(() => readPart(path, (size) => ({ from: 0, length: Math.min(size || MOST, MOST) }))),
    tail: (path, bytes) => orNull(() => readPart(path, (size) => ({ from: Math.max(0, size - bytes), length: bytes }))),
    list: async (path) => ((await orNull(() => readdir(path))) ?? []).sort(),
    link: (path) => orNull(() => readlink(path)),
    stat: (path) => orNull(() => statOf(path)),
    space: (path) =>
      orNull(async () => {
        const { bsize, bavail, blocks, ffree, files } = await statfs(path);
        return { free: bavail * bsize, total: blocks * bsize, freeInodes: ffree, inodes: files };
      }),
    ask: (command, ...args) => ask(command, args, environment),
  };
}

/** What may not be seen is not there, as far as a doctor is concerned. */
async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch {
    return null;
  }
}

/** Files of the kernel say that they are empty, and end where a read gives nothing. */
async function readPart(
  path: string,
  part: (size: number) => { readonly from: number; readonly length: number },
): Promise<string> {
  const kind = await stat(path);
  // Reading a pipe would wait for a writer, and take what it writes from its reader.
  if (!kind.isFile()) throw new Error(`${path} is no file`);
  await using file = await open(path, 'r');
  const { from, length } = part(kind.size);
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.toString('utf8', 0, filled);
}

async function statOf(path: string): Promise<Stat> {
  const found = await stat(path);
  const type = found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other';
  const { uid, gid, size, mtimeMs } = found;
  return { type, uid, gid, mode: found.mode & 0o7777, size, changedAt: mtimeMs };
}

function ask(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const options = { env: environment, timeout: TOOL_PATIENCE, maxBuffer: 16 * MOST };
    execFile(command, args, options, (error, stdout) => {
      resolve(error === null ? stdout : null);
    });
  });
}
