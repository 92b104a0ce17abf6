import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where Node keeps what it has made of the sources; what has changed since, it makes again. */
export const COMPILED = `${ROOT}node_modules/.cache/clawback/compiled`;

/** None of them does anything without a message. */
const LOAD_THREADS = `
  const { glob } = await import('node:fs/promises');
  for await (const file of glob('src/**/*-worker.ts')) await import(import.meta.resolve('./' + file));
`;

/**
 * Has Node read what threads run, in a process that has only one. It takes types out of sources with WebAssembly, and where threads
 * that do so come and go, V8 now and then ends the process with SIGSEGV. Threads that find it done load no WebAssembly.
 */
export async function setup(): Promise<void> {
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', LOAD_THREADS], {
    cwd: ROOT,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILED },
  });
}
