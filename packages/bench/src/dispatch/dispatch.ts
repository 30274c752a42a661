import { startRedis } from '@quarterdeck/testkit'
import { ownCpuMs } from '../measure/cpu-time.ts'
import { median, quantile, spread } from '../measure/quantiles.ts'
import { roundTripMs } from '../measure/redis-counts.ts'
import { boundsNote, repeat } from '../measure/repeat.ts'
import type { Bench, BenchOptions } from '../report.ts'
import { startBullmq } from './bullmq.ts'
import type { Contender } from './contender.ts'
import { startQuarterdeck } from './quarterdeck.ts'

type Many = {
  readonly perSecond: number
  readonly cpuMsPerTask: number
  readonly cpuMsByPart: Readonly<Record<string, number>>
  readonly commandsPerTask: number
  readonly tripsPerTask: number
}
type One = { readonly p50Ms: number; readonly p99Ms: number }
type Pair<Sample> = { readonly ours: Sample; readonly theirs: Sample }

/** Tasks that do nothing, from submit to the result at the submitter, side by side with BullMQ. */
export const dispatch: Bench = {
  name: 'dispatch',
  summary: 'no-op tasks end to end, beside BullMQ with the same Redis settings',

  async run(options) {
    const { say, isQuick } = options
    const pairs = isQuick ? 1 : 5
    const count = isQuick ? 1_000 : 2_000
    const onesPerRun = isQuick ? 50 : 300
    const concurrency = await bestConcurrency(options)
    const [ours, theirs, redis] = await Promise.all([
      startQuarterdeck({ profileFolder: options.profileFolder, workers: 1 }),
      startBullmq({ concurrency }),
      startRedis(),
    ])
    try {
      for (const each of [ours, theirs]) await each.runMany(count)
      const many = await repeat(
        pairs,
        async (index) => {
          const pair = await inTurn(index, ours, theirs, (each) => runMany(each, count))
          say(`${pair.ours.perSecond.toFixed(0)} tasks/s, BullMQ ${pair.theirs.perSecond.toFixed(0)}`)
          return pair
        },
        say,
      )
      for (const each of [ours, theirs]) await runOnes(each, 50)
      const ones = await repeat(
        pairs,
        async (index) => {
          const pair = await inTurn(index, ours, theirs, (each) => runOnes(each, onesPerRun))
          const tripMs = await roundTripMs(redis.url, 500)
          say(
            `p50 ${pair.ours.p50Ms.toFixed(2)} ms, BullMQ ${pair.theirs.p50Ms.toFixed(2)} ms, Redis trip ${tripMs.toFixed(3)} ms`,
          )
          return { ...pair, tripMs }
        },
        say,
      )
      return reportOf({
        many: many.samples,
        ones: ones.samples,
        kept: many.kept + ones.kept,
        isBound: many.kept === 0 || ones.kept === 0,
        discarded: many.discarded + ones.discarded,
        count,
        peer: theirs.name,
      })
    } finally {
      await Promise.all([ours.stop(), theirs.stop(), redis.stop()])
    }
  },
}

/** The peer gets the concurrency with which it is quickest here. */
async function bestConcurrency({ say, isQuick }: BenchOptions): Promise<number> {
  if (isQuick) return 50
  let best = { concurrency: 0, perSecond: 0 }
  for (const concurrency of [50, 100, 200]) {
    const peer = await startBullmq({ concurrency })
    try {
      await peer.runMany(1_000)
      const { perSecond } = await runMany(peer, 3_000)
      say(`BullMQ with concurrency ${concurrency}: ${perSecond.toFixed(0)} tasks/s`)
      if (perSecond > best.perSecond) best = { concurrency, perSecond }
    } finally {
      await peer.stop()
    }
  }
  return best.concurrency
}

/** One after the other, each first in every second pair, so that neither always gets the calmer half. */
async function inTurn<Sample>(
  index: number,
  ours: Contender,
  theirs: Contender,
  run: (contender: Contender) => Promise<Sample>,
): Promise<Pair<Sample>> {
  if (index % 2 === 0) {
    const first = await run(ours)
    return { ours: first, theirs: await run(theirs) }
  }
  const first = await run(theirs)
  return { ours: await run(ours), theirs: first }
}

async function runMany(contender: Contender, count: number): Promise<Many> {
  const redisBefore = await contender.redisWork()
  const cpuBefore = { ...contender.cpuMs(), submitter: ownCpuMs() }
  const startedAt = performance.now()
  await contender.runMany(count)
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuAfter: Readonly<Record<string, number>> = { ...contender.cpuMs(), submitter: ownCpuMs() }
  const cpuMsByPart = Object.fromEntries(
    Object.entries(cpuBefore).map(([part, before]) => [part, ((cpuAfter[part] ?? before) - before) / count]),
  )
  const redis = await contender.redisWork()
  return {
    perSecond: count / seconds,
    cpuMsPerTask: Object.values(cpuMsByPart).reduce((sum, part) => sum + part, 0),
    cpuMsByPart,
    commandsPerTask: (redis.commands - redisBefore.commands) / count,
    tripsPerTask: (redis.trips - redisBefore.trips) / count,
  }
}

async function runOnes(contender: Contender, count: number): Promise<One> {
  const tookMs: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await contender.runOne()
    tookMs.push(performance.now() - startedAt)
  }
  return { p50Ms: quantile(tookMs, 0.5) ?? 0, p99Ms: quantile(tookMs, 0.99) ?? 0 }
}

type Found = {
  readonly many: readonly Pair<Many>[]
  readonly ones: readonly (Pair<One> & { readonly tripMs: number })[]
  readonly kept: number
  readonly isBound: boolean
  readonly discarded: number
  readonly count: number
  readonly peer: string
}

function reportOf({ many, ones, kept, isBound, discarded, count, peer }: Found) {
  const row = <Sample>(title: string, pairs: readonly Pair<Sample>[], of: (sample: Sample) => number) => [
    title,
    spread(pairs.map(({ ours }) => of(ours))),
    spread(pairs.map(({ theirs }) => of(theirs))),
    spread(pairs.map(({ ours, theirs }) => of(ours) / of(theirs))),
  ]
  const ratio = <Sample>(pairs: readonly Pair<Sample>[], of: (sample: Sample) => number) =>
    median(pairs.map(({ ours, theirs }) => of(ours) / of(theirs)))
  const trips = ones.map(({ ours, tripMs }) => ours.p50Ms / tripMs)
  return {
    name: 'dispatch',
    tables: [
      {
        title: `No-op tasks, ${count} outstanding and one outstanding; Redis AOF everysec for both; median (min..max) of ${many.length} pairs`,
        columns: ['', 'Quarterdeck', peer, 'ratio'],
        rows: [
          row('tasks/s', many, (each) => each.perSecond),
          row('CPU ms per task, all processes', many, (each) => each.cpuMsPerTask),
          row('Redis trips per task', many, (each) => each.tripsPerTask),
          row('Redis commands per task, in scripts too', many, (each) => each.commandsPerTask),
          row('one outstanding, p50 ms', ones, (each) => each.p50Ms),
          row('one outstanding, p99 ms', ones, (each) => each.p99Ms),
          ['p50 in Redis round trips', spread(trips, 1), null, null],
        ],
      },
    ],
    figures: {
      tasksPerSecond: median(many.map(({ ours }) => ours.perSecond)),
      tasksPerSecondRatio: ratio(many, (each) => each.perSecond),
      cpuPerTaskRatio: ratio(many, (each) => each.cpuMsPerTask),
      p50Ms: median(ones.map(({ ours }) => ours.p50Ms)),
      p50Ratio: ratio(ones, (each) => each.p50Ms),
      p99Ratio: ratio(ones, (each) => each.p99Ms),
      p50InRoundTrips: median(trips),
    },
    notes: [
      'Both acknowledge once Redis has applied the write (AOF everysec: a crash of Redis may lose the last second).',
      `CPU ms per task by part: ours ${parts(many.map(({ ours }) => ours))}; the peer ${parts(many.map(({ theirs }) => theirs))}.`,
      'CPU: submitter, controller or queue, agent or worker, and Redis together.',
      ...(isBound ? [boundsNote] : []),
    ],
    discarded,
    kept,
  }
}

/** `controller 0.31, redis 0.05`: medians. */
function parts(samples: readonly Many[]): string {
  const names = Object.keys(samples[0]?.cpuMsByPart ?? {})
  return names
    .map((name) => `${name} ${median(samples.map(({ cpuMsByPart }) => cpuMsByPart[name] ?? 0))?.toFixed(3)}`)
    .join(', ')
}
