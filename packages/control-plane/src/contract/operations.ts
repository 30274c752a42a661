import type { AsOf, Operation, OperationId, Outcome, PlanId } from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type OperationsService = {
  list(input: { limit: number }): AsOf<readonly Operation[]>
  get(id: OperationId): Outcome<AsOf<Operation>>
  /** Ends a running drain or rebalance where it is. */
  stop(input: { id: OperationId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Keeps a previewed drain plan as an operation of kind `plan`, with a link; `nodes.drain` with its plan id applies it. */
  sharePlan(
    input: { planId: PlanId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
}
