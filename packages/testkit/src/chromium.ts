import { existsSync } from 'node:fs'

export type ChromiumLaunch = { readonly executablePath?: string; readonly args: string[] }

/**
 * How Chromium is started for tests and benches: Playwright's own where it is installed, else the system's. Nothing is downloaded.
 *
 * @param bundledPath what Playwright's `chromium.executablePath()` says
 */
export function chromiumLaunch(bundledPath: string): ChromiumLaunch {
  const system = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((candidate) => candidate !== undefined && existsSync(candidate))
  return {
    ...(existsSync(bundledPath) || system === undefined ? {} : { executablePath: system }),
    args: [
      // Chromium refuses to sandbox itself as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
    ],
  }
}
