import { leaseMutants } from './lease-mutants.ts'
import type { Mutant } from './mutant.ts'
import { storeMutants } from './store-mutants.ts'
import { taskMutants } from './task-mutants.ts'

export const mutants: readonly Mutant[] = [...leaseMutants, ...taskMutants, ...storeMutants]
