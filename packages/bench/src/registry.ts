import { dashboard } from './dashboard/dashboard.ts'
import { dispatch } from './dispatch/dispatch.ts'
import { fairness } from './fairness/fairness.ts'
import { heartbeats } from './heartbeats/heartbeats.ts'
import { memory } from './memory/memory.ts'
import { planning } from './planning/planning.ts'
import type { Bench } from './report.ts'
import { spawnBench } from './spawn/spawn.ts'
import { takeover } from './takeover/takeover.ts'

/** Every bench, one line each. */
export const benches = [
  heartbeats,
  dispatch,
  spawnBench,
  takeover,
  memory,
  dashboard,
  planning,
  fairness,
] as const satisfies readonly Bench[]
