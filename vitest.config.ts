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

const setup = ['test/support/setup-tools.ts', 'test/support/setup-compiled.ts'];

const e2e = {
  ...shared,
  globalSetup: [...setup, 'test/support/setup-openclaw.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
  // Two cores: more Gateways at once only make each of them slower.
  maxWorkers: 2,
};

/** Takes an hour: runs only when asked for by name. */
const campaign = { ...e2e, name: 'campaign', include: ['test/campaign/**/*.test.ts'], testTimeout: 3_600_000 };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          // Without this Vitest leaves a core to itself, of two.
          maxWorkers: 2,
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
