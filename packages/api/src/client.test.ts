import type { AsOf, NodeRow, TaskSubmitInput } from '@quarterdeck/domain'
import { describe, expectTypeOf, it } from 'vitest'
import type { RouterInputs, RouterOutputs } from './client.ts'

describe('the router as clients see it', () => {
  it('types the answers as the views of the domain', () => {
    expectTypeOf<RouterOutputs['nodes']['list']>().toExtend<AsOf<readonly NodeRow[]>>()
    expectTypeOf<RouterOutputs['nodes']['list']>().not.toBeAny()
  })

  it('lets a task be submitted with its defaults left out', () => {
    expectTypeOf<TaskSubmitInput>().toExtend<RouterInputs['tasks']['submit']>()
  })
})
