import type { Violation } from '../checkers/checker.ts'
import { checkHistory } from '../checkers/registry.ts'
import { createCluster } from '../cluster/cluster.ts'
import { injectFaults } from '../faults/inject-faults.ts'
import { faultKinds } from '../faults/registry.ts'
import type { History } from '../history/history-event.ts'
import { createRecorder } from '../history/recorder.ts'
import { runWorkload } from '../workload/run-workload.ts'
import { createWorld } from '../world/world.ts'
import { readSettled } from './read-settled.ts'
import { CALM_MS, drawScenario, focusOn, type Scenario } from './scenario.ts'

export type SeedRun = {
  readonly scenario: Scenario
  readonly history: History
  readonly violations: readonly Violation[]
  /** Equal for two runs of one seed, or the run depended on something else than its seed. */
  readonly hash: string
  readonly events: number
}

export type SeedRunOptions = {
  /** Gets the trace, line by line. */
  readonly onLine?: (line: string) => void
  /** Only these faults, each often. Another run than the one without: both belong to what replays it. */
  readonly focus?: readonly string[]
  readonly calmMs?: number
}

/** One whole life of a cluster: work and faults, then everything is healed, then peace, then the checks. */
export async function runSeed(seed: number, options: SeedRunOptions = {}): Promise<SeedRun> {
  const { onLine, focus, calmMs = CALM_MS } = options
  const drawn = drawScenario(
    seed,
    faultKinds.map(({ name }) => name),
  )
  const scenario = focus ? focusOn(drawn, focus) : drawn
  const world = createWorld(seed)
  const recorder = createRecorder({ world, ...(onLine ? { onLine } : {}) })
  onLine?.(JSON.stringify(scenario))

  const cluster = createCluster(world, recorder, scenario)
  const workload = runWorkload(cluster, scenario)
  const faults = injectFaults(cluster, scenario)
  await world.run(scenario.activeMs)

  faults.heal()
  workload.stop()
  await world.run(scenario.activeMs + calmMs)

  for (const error of world.crashes) recorder.add({ kind: 'crashed', error })
  recorder.add(readSettled(cluster))
  return {
    scenario,
    history: recorder.history,
    violations: checkHistory(recorder.history),
    hash: world.hash(),
    events: world.eventsDone,
  }
}
