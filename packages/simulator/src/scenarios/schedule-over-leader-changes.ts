import { type Schedule, type ScheduleId, scheduleInputSchema, type Task } from '@quarterdeck/domain'
import { createCluster } from '../cluster/cluster.ts'
import { createRecorder } from '../history/recorder.ts'
import { asSpec } from '../node-model/work.ts'
import { createClient, isWorthRetrying } from '../workload/client.ts'
import { between, chance } from '../world/random-streams.ts'
import { createWorld } from '../world/world.ts'

export type LeaderChangesRun = {
  /** Takeovers by another controller while the schedule ran; one that takes over twice between two looks counts once. */
  readonly changes: number
  readonly dueTimes: number
  readonly started: number
  /** Due times without a task, and due times with more than one: both must be none. */
  readonly lost: readonly number[]
  readonly doubled: readonly number[]
  /** What the schedule itself says of due times that it did not start. */
  readonly notStarted: readonly string[]
}

const EVERY_MS = 3_000
const ID = 'tick' as ScheduleId

/**
 * One schedule while leaders are killed, cut off from the store or paused, one after the other, at random moments. Makes up for every
 * due time, so that one run per due time is the only right answer.
 */
export async function runOverLeaderChanges(seed: number, changes: number): Promise<LeaderChangesRun> {
  const world = createWorld(seed)
  const recorder = createRecorder({ world })
  const cluster = createCluster(world, recorder, {
    seed,
    controllers: 3,
    nodes: 2,
    zones: 1,
    capacity: { cpuMillis: 4_000, memoryBytes: 4 * 2 ** 30, taskSlots: 8 },
    // Wall clocks that drift by 5 % for hours would be minutes apart, and then a due time is a matter of opinion.
    drifts: false,
    activeMs: 0,
    submitEveryMs: 1_000,
    operateEveryMs: 1_000,
    faults: [],
  })
  const random = world.random('leader-changes')
  const client = createClient(cluster)
  let nowMs = 0
  const run = async (ms: number) => {
    nowMs += ms
    await world.run(nowMs)
  }
  await run(10_000)

  const input = scheduleInputSchema.parse({
    id: ID,
    timing: { kind: 'rate', everyMs: EVERY_MS },
    task: { name: 'job', ...asSpec({ durationMs: 20, exitCode: 0, isStubborn: false }, 'exec') },
    overlap: 'allow',
    missed: { policy: 'all', runsMax: 19 },
  })
  let isApplied = false
  for (let index = 0; index < 30 && !isApplied; index++) {
    void client
      .ask(index, (controlPlane) => controlPlane.schedules.apply(input, client.caller))
      .then((outcome) => {
        isApplied ||= !isWorthRetrying(outcome)
      })
    await run(1_000)
  }
  const state = () => cluster.store.server.state
  let lastEpoch = state().lease?.epoch ?? 0
  let changed = 0
  const taskIds = new Set<string>()
  const notStarted = new Set<string>()
  const collect = () => {
    const stored = state().objects.get('schedule')?.get(ID)?.text
    for (const each of stored ? (JSON.parse(stored) as Schedule).runs : [])
      if (each.outcome !== 'started') notStarted.add(`${each.outcome} × ${each.count}: ${each.because}`)
    const { lease } = state()
    if (lease?.holder && lease.epoch !== lastEpoch) changed += 1
    if (lease?.holder) lastEpoch = lease.epoch
    for (const id of state().objects.get('task')?.keys() ?? []) if (id.startsWith(`${ID}.`)) taskIds.add(id)
  }

  while (changed < changes) {
    await run(between(random, 200, 4_000))
    const leader = cluster.controllers.find(({ id }) => id === state().lease?.holder?.id)
    if (!leader?.isRunning) continue
    const how = random.nextInt(3)
    const away = between(random, 1_000, 9_000)
    if (how === 0) leader.crash(chance(random, 0.3) ? 'silent' : 'process-only')
    if (how === 1) leader.pause()
    const ends = how === 2 ? [cluster.cut('store', leader.id), cluster.cut(leader.id, 'store')] : []
    await run(away)
    if (how === 0) leader.start()
    if (how === 1) leader.resume()
    for (const end of ends) end()
    collect()
  }
  await run(60_000)
  collect()

  const text = state().objects.get('schedule')?.get(ID)?.text
  if (!text) throw new Error('the schedule was not stored')
  const schedule = JSON.parse(text) as Schedule
  const firstMs = schedule.createdAtMs
  const madeMs = [...taskIds].map((id) => Number(id.slice(ID.length + 1))).sort((a, b) => a - b)
  const dues: number[] = []
  for (let dueMs = Math.ceil(firstMs) + EVERY_MS; dueMs < (schedule.nextAtMs ?? 0); dueMs += EVERY_MS) dues.push(dueMs)
  const runsOf = runsByDueTime(recorder.history)
  return {
    changes: changed,
    dueTimes: dues.length,
    started: schedule.startedTotal,
    lost: dues.filter((due) => !madeMs.includes(due)),
    notStarted: [...notStarted],
    doubled: [...runsOf].filter(([, count]) => count > 1).map(([due]) => due),
  }
}

/** How often a task of each due time was created, by the commits that made it. */
function runsByDueTime(history: ReturnType<typeof createRecorder>['history']): Map<number, number> {
  const counts = new Map<number, number>()
  for (const event of history) {
    if (event.kind !== 'commit') continue
    for (const change of event.changes) {
      const value = change.value as Task | null
      if (change.kind !== 'task-spec' || !value || !change.id.startsWith(`${ID}.`)) continue
      const due = Number(change.id.slice(ID.length + 1))
      counts.set(due, (counts.get(due) ?? 0) + 1)
    }
  }
  return counts
}
