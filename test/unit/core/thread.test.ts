import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryDirectory, tree } from '../../support/temporary.ts';

const THREAD = fileURLToPath(new URL('../../../src/core/thread.ts', import.meta.url));

/** What a thread says of itself, in a process of its own. */
async function told(home: string, compiled: string | null): Promise<unknown> {
  const program = "import { getCompileCacheDir } from 'node:module'; import { parentPort } from 'node:worker_threads';";
  await tree(home, {
    'program.mjs': `${program} parentPort.postMessage({ compiled: getCompileCacheDir(), env: Object.keys(process.env) });`,
    'start.mjs': `
      import { enableCompileCache } from 'node:module';
      ${compiled === null ? '' : `enableCompileCache(${JSON.stringify(compiled)});`}
      const { startThread } = await import(${JSON.stringify(THREAD)});
      startThread('./program', import.meta).on('message', (said) => console.log(JSON.stringify(said)));`,
  });
  const env = { PATH: process.env['PATH'] ?? '', SECRET: 'token' };
  const { stdout } = await promisify(execFile)(process.execPath, [join(home, 'start.mjs')], { env });
  return JSON.parse(stdout);
}

test('a thread keeps compiled modules where its process does, and sees no variable besides', async () => {
  await using home = await temporaryDirectory();
  const compiled = join(home.path, 'compiled');
  const said = await told(home.path, compiled);
  const [version = ''] = await readdir(compiled);
  expect(said).toEqual({ compiled: join(compiled, version), env: ['NODE_COMPILE_CACHE'] });
});

test('a thread keeps none where its process keeps none', async () => {
  await using home = await temporaryDirectory();
  expect(await told(home.path, null)).not.toHaveProperty('compiled');
});
