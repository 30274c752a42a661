import { chromium, defineConfig } from '@playwright/test'
import { chromiumLaunch } from '@quarterdeck/testkit'

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../reports/browser',
  workers: 1,
  forbidOnly: process.env.CI === 'true',
  // Generous on purpose: a shared machine can stand still for seconds.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ? [['list'], ['json']] : [['list']],
  use: {
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: chromiumLaunch(chromium.executablePath()),
  },
})
