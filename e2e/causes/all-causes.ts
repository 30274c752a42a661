import { accessCauses } from './access-causes.ts'
import type { Cause } from './cause.ts'
import { leaderCauses } from './leader-causes.ts'
import { nodeCauses } from './node-causes.ts'
import { workCauses } from './work-causes.ts'

export const allCauses: readonly Cause[] = [...leaderCauses, ...nodeCauses, ...workCauses, ...accessCauses]
