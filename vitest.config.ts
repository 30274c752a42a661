import { defineConfig } from 'vitest/config'

/** Everything that needs no server. Servers and real processes: vitest.integration.config.ts. */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.{ts,tsx}',
      'apps/*/src/**/*.test.{ts,tsx}',
      'e2e/causes/*.test.ts',
      'scripts/**/*.test.mjs',
    ],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.integration.test.ts'],
    // Generous on purpose: a shared machine can stand still for seconds.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    passWithNoTests: true,
  },
})
