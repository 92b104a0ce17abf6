import { defineConfig } from 'vitest/config';
import { COMPILED } from './test/support/setup-compiled.ts';

// Generous: a test that hangs is to end, one that a busy machine makes slow is not.
const shared = {
  restoreMocks: true,
  unstubEnvs: true,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  env: { NODE_COMPILE_CACHE: COMPILED },
};

/** For two cores: with one for each, tests that wait for what they have started leave 29 % of both idle. Vitest itself would take one. */
const WORKERS = 3;

const setup = ['test/support/setup-tools.ts', 'test/support/setup-compiled.ts'];

const e2e = {
  ...shared,
  globalSetup: [...setup, 'test/support/setup-openclaw.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
  maxWorkers: WORKERS,
};

/** Takes an hour: runs only when asked for by name. */
const campaign = { ...e2e, name: 'campaign', include: ['test/campaign/**/*.test.ts'], testTimeout: 3_600_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          maxWorkers: WORKERS,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          globalSetup: setup,
        },
      },
      { test: { ...e2e, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
      ...(process.argv.includes('campaign') ? [{ test: campaign }] : []),
    ],
  },
});
