import { defineConfig } from 'vitest/config';

const shared = { restoreMocks: true, unstubEnvs: true };

const e2e = {
  ...shared,
  globalSetup: ['test/support/setup-tools.ts', 'test/support/setup-openclaw.ts'],
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
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'],
          globalSetup: ['test/support/setup-tools.ts'],
        },
      },
      { test: { ...e2e, name: 'e2e', include: ['test/e2e/**/*.test.ts'] } },
      ...(process.argv.includes('campaign') ? [{ test: campaign }] : []),
    ],
  },
});
