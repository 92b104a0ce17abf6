import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';

/** What is started on its own: the command, threads, and what runs inside of a drill's OpenClaw. */
const PROGRAMS = [
  'src/cli/main.ts',
  'src/core/capture/tar-worker.ts',
  'src/core/capture/check-worker.ts',
  'src/core/unpack/unpack-worker.ts',
  'src/adapters/gateway/muted-inside.ts',
  'src/adapters/gateway/rehearsal-guard.ts',
];

/**
 * The package's own modules become a few dozen, since finding and reading hundreds of them is most of what a short command does. What
 * it depends on is installed beside it, but for `zod`: of that, nine tenths are messages in languages that nothing asks for.
 */
export default defineConfig({
  input: PROGRAMS,
  platform: 'node',
  external: (id) => /^[^./]/.test(id) && id !== 'zod',
  transform: { target: 'node24.16' },
  // All in one directory, in which programs find each other as they do beside their sources.
  output: { dir: 'dist/cli', cleanDir: true, entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
  plugins: [
    {
      name: 'license of what is taken in',
      generateBundle() {
        const source = readFileSync(join(import.meta.dirname, 'node_modules/zod/LICENSE'), 'utf8');
        this.emitFile({ type: 'asset', fileName: 'zod.LICENSE', source });
      },
    },
  ],
});
