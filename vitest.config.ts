import { defineConfig } from 'vitest/config';

const shared = { restoreMocks: true, unstubEnvs: true };

export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts', 'test/conformance/**/*.test.ts'], globalSetup: ['test/support/setup-tools.ts'] } },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/setup-tools.ts', 'test/support/setup-openclaw.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Two cores: more Gateways at once only make each of them slower.
          maxWorkers: 2,
        },
      },
    ],
  },
});
