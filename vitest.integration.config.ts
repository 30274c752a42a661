import { defineConfig } from 'vitest/config'

/** Real Redis, real processes: one file at a time, each on its own ports. */
export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.integration.test.ts',
      'apps/*/src/**/*.integration.test.ts',
      'e2e/withstand/*.integration.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    fileParallelism: false,
    passWithNoTests: true,
  },
})
