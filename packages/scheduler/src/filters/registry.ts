import type { Filter } from '../filter.ts'
import { breaker } from './breaker.ts'
import { constraints } from './constraints.ts'
import { devices } from './devices.ts'
import { driver } from './driver.ts'
import { exclusions } from './exclusions.ts'
import { ready } from './ready.ts'
import { resources } from './resources.ts'

/** In the order in which they are asked: a node is counted under the first that rejects it. */
export const filters = [
  ready,
  driver,
  constraints,
  exclusions,
  breaker,
  resources,
  devices,
] as const satisfies readonly Filter[]
