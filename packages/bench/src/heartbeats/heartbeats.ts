import { startCluster, type TestCluster } from '@quarterdeck/testkit'
import { calibrate, hasDrifted } from '../measure/calibration.ts'
import { cpuMsOf } from '../measure/cpu-time.ts'
import { quantile } from '../measure/quantiles.ts'
import { redisWork } from '../measure/redis-counts.ts'
import { controllerEnv } from '../profile.ts'
import type { Bench, BenchOptions, Report } from '../report.ts'
import { type AgentFleet, startFleet } from './agent-fleet.ts'
import { plantCredentials } from './plant-credentials.ts'

/** The reply to a beat must come within this for 99 of 100. */
const P99_MS_MAX = 250
const RATES = [1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000]

type Window = {
  readonly perSecond: number
  readonly p50Ms: number | null
  readonly p99Ms: number | null
  readonly isHeld: boolean
  readonly controllerCpuMsPerBeat: number
  readonly redisCpuMsPerBeat: number
  readonly redisCommandsPerBeat: number
  readonly redisTripsPerBeat: number
  readonly hasDrifted: boolean
}
type Row = { readonly nodes: number; readonly paced: Window; readonly best: Window | null }

/** Beats of many nodes at one controller: what one costs, and how many a second it takes. */
export const heartbeats: Bench = {
  name: 'heartbeats',
  summary: 'beats of 100, 1,000 and 10,000 nodes at one controller',

  async run(options) {
    const sizes = options.isQuick ? [100] : [100, 1_000, 10_000]
    const rows: Row[] = []
    for (const nodes of sizes) rows.push(await measureFleet(nodes, options))
    return reportOf(rows)
  },
}

async function measureFleet(nodes: number, { say, isQuick, profileFolder }: BenchOptions): Promise<Row> {
  const cluster = await startCluster({
    controllers: 1,
    nodes: [],
    controllerEnv: { QD_LOG_LEVEL: 'error', ...controllerEnv(profileFolder) },
  })
  const fleet = startFleet()
  try {
    const url = cluster.controllers[0]?.url ?? ''
    say(`${nodes} nodes register`)
    await fleet.connect({ url, credentials: await plantCredentials(cluster.redis.url, nodes) })

    const seconds = isQuick ? 3 : 10
    // One beat a second and node, or what the server asks for when there are many.
    const pace = Math.min(nodes, 2_000)
    await fleet.beat({ perSecond: pace, seconds: 2 })
    const paced = await window(cluster, fleet, { perSecond: pace, seconds })
    let best: Window | null = paced.isHeld ? paced : null
    for (const perSecond of RATES.filter((rate) => rate > pace)) {
      const seen = await window(cluster, fleet, { perSecond, seconds: isQuick ? 2 : 5 })
      say(
        `${nodes} nodes, ${perSecond} beats/s: p99 ${seen.p99Ms?.toFixed(1) ?? '-'} ms${seen.isHeld ? '' : ', not held'}`,
      )
      if (!seen.isHeld) break
      best = seen
    }
    return { nodes, paced, best }
  } finally {
    await fleet.stop()
    await cluster.stop()
  }
}

async function window(
  cluster: TestCluster,
  fleet: AgentFleet,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<Window> {
  const controllerPid = cluster.controllers[0]?.pid() ?? 0
  const speedBefore = calibrate()
  const workBefore = await redisWork(cluster.redis.url)
  const controllerBefore = cpuMsOf(controllerPid)
  const redisBefore = cpuMsOf(cluster.redis.pid())
  const { answered, sent, latenciesMs, seconds: took } = await fleet.beat({ perSecond, seconds })
  const beats = Math.max(1, answered)
  const p99Ms = quantile(latenciesMs, 0.99)
  const work = await redisWork(cluster.redis.url)
  return {
    perSecond: answered / took,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms,
    isHeld: answered === sent && p99Ms !== null && p99Ms < P99_MS_MAX && took < seconds * 1.1,
    controllerCpuMsPerBeat: (cpuMsOf(controllerPid) - controllerBefore) / beats,
    redisCpuMsPerBeat: (cpuMsOf(cluster.redis.pid()) - redisBefore) / beats,
    redisCommandsPerBeat: (work.commands - workBefore.commands) / beats,
    redisTripsPerBeat: (work.trips - workBefore.trips) / beats,
    hasDrifted: hasDrifted(speedBefore, calibrate()),
  }
}

function reportOf(rows: readonly Row[]): Report {
  const windows = rows.flatMap(({ paced, best }) => [paced, ...(best && best !== paced ? [best] : [])])
  return {
    name: 'heartbeats',
    tables: [
      {
        title: 'Beats at one controller (agents on real WebSockets in another process)',
        columns: [
          'nodes',
          'beats/s',
          'p50 ms',
          'p99 ms',
          'CPU µs/beat',
          'Redis CPU µs/beat',
          'Redis trips/beat',
          'Redis commands/beat',
          'most beats/s',
          'p99 ms then',
          'CPU µs/beat then',
        ],
        rows: rows.map(({ nodes, paced, best }) => [
          nodes,
          Math.round(paced.perSecond),
          paced.p50Ms,
          paced.p99Ms,
          paced.controllerCpuMsPerBeat * 1_000,
          paced.redisCpuMsPerBeat * 1_000,
          paced.redisTripsPerBeat,
          paced.redisCommandsPerBeat,
          best ? Math.round(best.perSecond) : null,
          best?.p99Ms ?? null,
          best ? best.controllerCpuMsPerBeat * 1_000 : null,
        ]),
      },
    ],
    figures: Object.fromEntries(
      rows.flatMap(({ nodes, paced, best }) => [
        [`cpuUsPerBeat_${nodes}`, paced.controllerCpuMsPerBeat * 1_000],
        [`redisCommandsPerBeat_${nodes}`, paced.redisCommandsPerBeat],
        [`redisTripsPerBeat_${nodes}`, paced.redisTripsPerBeat],
        [`p99Ms_${nodes}`, paced.p99Ms],
        [`beatsPerSecondMax_${nodes}`, best?.perSecond ?? null],
      ]),
    ),
    notes: [
      'CPU of a process is counted in steps of 10 ms; at 100 nodes the background work of a controller is most of it.',
      ...(windows.some((each) => each.hasDrifted)
        ? ["The machine's speed moved by more than 1.5 during a window: read those as bounds."]
        : []),
    ],
    kept: windows.filter((each) => !each.hasDrifted).length,
    discarded: windows.filter((each) => each.hasDrifted).length,
  }
}
