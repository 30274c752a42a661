import { fileURLToPath } from 'node:url'
import { chromium, type Page } from '@playwright/test'
import { type AdminSession, chromiumLaunch } from '@quarterdeck/testkit'

/** What a page went through in a while; durations in milliseconds. */
export type Felt = {
  readonly longTasks: readonly number[]
  readonly inputs: readonly number[]
  readonly frames: readonly number[]
}

export type WatchedPage = {
  readonly page: Page
  /** Milliseconds from the start of the navigation until an expression is true in the page. */
  openUntil(address: string, expression: string): Promise<number>
  /** Wall clock at the first frame in which an expression is true. */
  momentWhen(expression: string): Promise<number>
  /** What was felt since the last call. */
  felt(): Promise<Felt>
  /** Share of one core that the page's main thread was busy since the last call, 0..1. */
  busy(): Promise<number>
  /** Bytes of the page's JavaScript heap after a collection. */
  heapBytes(): Promise<number>
  close(): Promise<void>
}

/** A page of a signed-in admin in a browser of its own, 1440 by 900. Its content policy is off, so that it can be asked questions. */
export async function watchPage(url: string, admin: AdminSession): Promise<WatchedPage> {
  const browser = await chromium.launch(chromiumLaunch(chromium.executablePath()))
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true })
  const cookies = admin.cookie.split('; ').map((each) => {
    const at = each.indexOf('=')
    return { name: each.slice(0, at), value: each.slice(at + 1), url }
  })
  await context.addCookies(cookies)
  const page = await context.newPage()
  await page.addInitScript({ path: fileURLToPath(new URL('./page-probe.mjs', import.meta.url)) })
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  let busyBefore = { atMs: 0, seconds: 0 }

  return {
    page,
    async openUntil(address, expression) {
      await page.goto(address, { waitUntil: 'commit' })
      const found = await page.waitForFunction(`(${expression}) && performance.now()`, null, {
        polling: 'raf',
        timeout: 120_000,
      })
      return Number(await found.jsonValue())
    },
    async momentWhen(expression) {
      const found = await page.waitForFunction(`(${expression}) && Date.now()`, null, {
        polling: 'raf',
        timeout: 120_000,
      })
      return Number(await found.jsonValue())
    },
    felt: () => page.evaluate<Felt>('__probe.take()'),
    async busy() {
      const { metrics } = await devtools.send('Performance.getMetrics')
      const seconds = metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
      const now = { atMs: performance.now(), seconds }
      const share = ((now.seconds - busyBefore.seconds) * 1_000) / Math.max(1, now.atMs - busyBefore.atMs)
      busyBefore = now
      return share
    },
    async heapBytes() {
      await devtools.send('HeapProfiler.collectGarbage')
      const { usedSize } = await devtools.send('Runtime.getHeapUsage')
      return usedSize
    },
    close: () => browser.close(),
  }
}
