import { dispatch } from './dispatch/dispatch.ts'
import { heartbeats } from './heartbeats/heartbeats.ts'
import type { Bench } from './report.ts'
import { spawnBench } from './spawn/spawn.ts'
import { takeover } from './takeover/takeover.ts'

/** Every bench, one line each. */
export const benches = [heartbeats, dispatch, spawnBench, takeover] as const satisfies readonly Bench[]
