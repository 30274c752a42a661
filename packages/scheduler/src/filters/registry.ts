import type { Filter } from '../filter.ts'
import { breaker } from './breaker.ts'
import { bulkhead } from './bulkhead.ts'
import { constraints } from './constraints.ts'
import { devices } from './devices.ts'
import { driver } from './driver.ts'
import { exclusions } from './exclusions.ts'
import { pool } from './pool.ts'
import { ports } from './ports.ts'
import { ready } from './ready.ts'
import { resources } from './resources.ts'
import { spreadOver } from './spread-over.ts'
import { taints } from './taints.ts'
import { taskAffinity } from './task-affinity.ts'

/** In the order in which they are asked: a node is counted under the first that rejects it. */
export const filters = [
  ready,
  pool,
  driver,
  constraints,
  taints,
  exclusions,
  breaker,
  bulkhead,
  taskAffinity,
  spreadOver,
  resources,
  devices,
  ports,
] as const satisfies readonly Filter[]
