import { setTimeout as delay } from 'node:timers/promises'
import { signInAdmin, startCluster, type TestCluster } from '@quarterdeck/testkit'
import { startFleet } from '../heartbeats/agent-fleet.ts'
import { plantCredentials } from '../heartbeats/plant-credentials.ts'
import { cpuMsOf } from '../measure/cpu-time.ts'
import { quantile } from '../measure/quantiles.ts'
import { controllerEnv } from '../profile.ts'
import type { Bench, BenchOptions, Report } from '../report.ts'
import { type CountingProxy, countingProxy } from './counting-proxy.ts'
import { type WatchedPage, watchPage } from './watched-page.ts'

const OPENED_TIMES = 5
const CHANGES = 20
/** Nodes that change at once. */
const STORM = 2_000
const WATCHED_S = 10
/** Long enough for everything below; the fleet is stopped before. */
const BEATING_S = 600

type Figures = Readonly<Record<string, number | null>>

/** The pages of a cluster of many nodes, in a real Chromium, while every node beats. */
export const dashboard: Bench = {
  name: 'dashboard',
  summary: 'the nodes page in Chromium with 100, 1,000 and 10,000 nodes that beat',

  async run(options) {
    const sizes = options.isQuick ? [100] : [100, 1_000, 10_000]
    const rows: { readonly nodes: number; readonly figures: Figures }[] = []
    for (const nodes of sizes) rows.push({ nodes, figures: await measure(nodes, options) })
    return reportOf(rows)
  },
}

async function measure(nodes: number, { say, profileFolder }: BenchOptions): Promise<Figures> {
  const cluster = await startCluster({
    controllers: 1,
    nodes: [],
    controllerEnv: { QD_LOG_LEVEL: 'error', ...controllerEnv(profileFolder) },
  })
  const fleet = startFleet()
  try {
    const controllerUrl = cluster.controllers[0]?.url ?? ''
    say(`${nodes} nodes register`)
    await fleet.connect({ url: controllerUrl, credentials: await plantCredentials(cluster.redis.url, nodes) })
    // One beat a second and node, or what the server asks for when there are many.
    void fleet.beat({ perSecond: Math.min(nodes, 2_000), seconds: BEATING_S }).catch(() => undefined)
    const admin = await signInAdmin(cluster)
    const wire = await countingProxy(controllerUrl)
    const { url } = wire
    const watched = await watchPage(url, admin)
    try {
      say(`${nodes} nodes: the pages`)
      return {
        ...(await opening(watched, wire, nodes)),
        ...(await watching(watched, wire, cluster)),
        ...(await filtering(watched)),
        ...(await scrolling(watched)),
        ...(await changing(watched, cluster, url)),
        ...(await storm(watched, cluster, url, nodes)),
        ...(await map(watched, url)),
        heapMb: (await watched.heapBytes()) / 1e6,
      }
    } finally {
      await watched.close()
      wire.close()
    }
  } finally {
    await fleet.stop()
    await cluster.stop()
  }
}

const rowsShown = `document.querySelectorAll('[role="grid"] [data-row]').length > 10`

/** From the start of the navigation to the rows, and what that took over the network, scripts out of the cache. */
async function opening(watched: WatchedPage, wire: CountingProxy, nodes: number): Promise<Figures> {
  const all = `document.body.innerText.includes('of ${nodes.toLocaleString('en')} node')`
  const took: number[] = []
  let bytes = 0
  for (let time = 0; time <= OPENED_TIMES; time++) {
    wire.received()
    const tookMs = await watched.openUntil(`${wire.url}/nodes`, `${rowsShown} && ${all}`)
    bytes = wire.received()
    // The first one fills the browser's cache.
    if (time > 0) took.push(tookMs)
  }
  await watched.felt()
  return { openMs: quantile(took, 0.5), openKb: bytes / 1e3 }
}

/** Looking on, hands off. */
async function watching(watched: WatchedPage, wire: CountingProxy, cluster: TestCluster): Promise<Figures> {
  await delay(3_000)
  const pid = cluster.controllers[0]?.pid() ?? 0
  await watched.felt()
  wire.received()
  await watched.busy()
  const cpuBefore = cpuMsOf(pid)
  await delay(WATCHED_S * 1_000)
  const { longTasks } = await watched.felt()
  return {
    watchKbPerSecond: wire.received() / 1e3 / WATCHED_S,
    watchBusyPercent: (await watched.busy()) * 100,
    watchLongTasks: longTasks.length,
    controllerCpuPercent: (cpuMsOf(pid) - cpuBefore) / (WATCHED_S * 10),
  }
}

/** Each key of a filter, to the frame that shows its effect. */
async function filtering(watched: WatchedPage): Promise<Figures> {
  const input = watched.page.getByRole('combobox', { name: 'Filter nodes' })
  await input.click()
  await watched.felt()
  await input.pressSequentially('zone:zone-3', { delay: 150 })
  await watched.momentWhen('true')
  const { inputs } = await watched.felt()
  await input.fill('')
  await delay(500)
  // Frames faster than the observer's threshold of 16 ms are not listed.
  return { keyMs: quantile([...inputs, 0], 0.5), keyMsMax: Math.max(0, ...inputs) }
}

async function scrolling(watched: WatchedPage): Promise<Figures> {
  await watched.page.mouse.move(700, 600)
  await watched.felt()
  for (let turn = 0; turn < 60; turn++) {
    await watched.page.mouse.wheel(0, 300)
    await delay(30)
  }
  const { frames, longTasks } = await watched.felt()
  await watched.page.mouse.wheel(0, -1_000_000)
  return { scrollFrameMsP95: quantile(frames, 0.95), scrollLongTasks: longTasks.length }
}

/** From the call that changes a node to the frame that shows it. */
async function changing(
  { page, openUntil, momentWhen }: WatchedPage,
  cluster: TestCluster,
  url: string,
): Promise<Figures> {
  // By name, so that the row stays where it is.
  await openUntil(`${url}/nodes?sort=name`, rowsShown)
  const row = page.locator('[data-row]').first()
  const id = (await row.getAttribute('data-row')) ?? ''
  const text = `document.querySelector('[data-row="${id}"]')?.innerText`
  const took: number[] = []
  for (let change = 0; change < CHANGES; change++) {
    const isCordon = change % 2 === 0
    const startedAt = Date.now()
    const shown = momentWhen(`${text}?.includes('Cordoned') === ${isCordon}`)
    await cluster.mutate(isCordon ? 'nodes.cordon' : 'nodes.uncordon', { ids: [id], reason: 'bench' })
    took.push((await shown) - startedAt)
    await delay(200)
  }
  return { changeMsP50: quantile(took, 0.5), changeMsP95: quantile(took, 0.95) }
}

/** Many nodes change in one act: until the page counts them right, and the longest it stood still. */
async function storm(watched: WatchedPage, cluster: TestCluster, url: string, nodes: number): Promise<Figures> {
  const ids = Array.from({ length: Math.min(STORM, nodes / 2) }, (_, index) => nodeName(index))
  await watched.openUntil(`${url}/nodes?q=status:cordoned`, `document.body.innerText.includes('No node matches')`)
  await delay(1_000)
  await watched.felt()
  const startedAt = Date.now()
  const counted = watched.momentWhen(
    `document.body.innerText.includes('${ids.length.toLocaleString('en')} of ${nodes.toLocaleString('en')} node')`,
  )
  await cluster.mutate('nodes.cordon', { ids, reason: 'bench' })
  const answeredAt = Date.now()
  const stormMs = (await counted) - startedAt
  const { frames } = await watched.felt()
  await cluster.mutate('nodes.uncordon', { ids, reason: 'bench' })
  return { stormMs, stormCallMs: answeredAt - startedAt, stormFrameMsMax: Math.max(0, ...frames) }
}

async function map(watched: WatchedPage, url: string): Promise<Figures> {
  const openMs = await watched.openUntil(`${url}/nodes?view=map`, `document.querySelector('canvas')`)
  await delay(2_000)
  await watched.felt()
  await delay(5_000)
  const { frames, longTasks } = await watched.felt()
  return { mapOpenMs: openMs, mapFrameMsP95: quantile(frames, 0.95), mapLongTasks: longTasks.length }
}

function nodeName(index: number): string {
  return `played-${index}`
}

const lines: readonly (readonly [figure: string, text: string, budget: string])[] = [
  ['openMs', 'open the nodes page, to all rows, ms', '1,500'],
  ['openKb', 'received for that, kB', '400'],
  ['watchKbPerSecond', 'received while watching, kB/s', '40'],
  ['watchBusyPercent', 'main thread busy while watching, %', '10'],
  ['watchLongTasks', `tasks above 50 ms in ${WATCHED_S} s of watching`, '0'],
  ['controllerCpuPercent', 'CPU of the controller meanwhile, % of a core', ''],
  ['keyMs', 'key in the filter to its frame, p50 ms', '16'],
  ['keyMsMax', 'key in the filter to its frame, max ms', ''],
  ['scrollFrameMsP95', 'frame while scrolling the table, p95 ms', '16'],
  ['scrollLongTasks', 'tasks above 50 ms while scrolling', '0'],
  ['changeMsP50', 'call to pixel, p50 ms', '150'],
  ['changeMsP95', 'call to pixel, p95 ms', '400'],
  ['stormMs', 'half the nodes, at most 2,000, change at once: counted right, ms', '1,000'],
  ['stormCallMs', 'the call alone, ms', ''],
  ['stormFrameMsMax', 'longest frame meanwhile, ms', '100'],
  ['mapOpenMs', 'open the map, ms', '1,500'],
  ['mapFrameMsP95', 'frame of the map, p95 ms', '16'],
  ['mapLongTasks', 'tasks above 50 ms in 5 s of the map', '0'],
  ['heapMb', 'heap of the page, MB', '250'],
]

function reportOf(rows: readonly { readonly nodes: number; readonly figures: Figures }[]): Report {
  return {
    name: 'dashboard',
    tables: [
      {
        title:
          'The nodes page (Chromium without a GPU, 1440 by 900, on the same machine as controller, Redis and agents)',
        columns: ['', ...rows.map(({ nodes }) => `${nodes} nodes`), 'budget at 10,000'],
        rows: lines.map(([figure, text, budget]) => [
          text,
          ...rows.map(({ figures }) => figures[figure] ?? null),
          budget,
        ]),
      },
    ],
    figures: Object.fromEntries(
      rows.flatMap(({ nodes, figures }) =>
        Object.entries(figures).map(([name, value]) => [`${name}_${nodes}`, value] as const),
      ),
    ),
    notes: [
      'The browser shares the cores with everything it looks at; times hold for such a machine and are upper bounds elsewhere.',
    ],
    kept: rows.length,
    discarded: 0,
  }
}
