import type { Capacity, Labels } from '@quarterdeck/domain'

/** Everything about an agent that is decided outside it. `apps/agent` reads it from the environment. */
export type AgentSettings = {
  readonly controllers: readonly string[]
  /** Needed once; afterwards the identity in the data folder is enough. */
  readonly joinToken: string | null
  readonly nodeName: string
  readonly zone: string
  readonly region: string
  readonly labels: Labels
  /** The pool that it joins the first time; null: the pool `default`. */
  readonly pool: string | null
  readonly dataFolder: string
  readonly workFolder: string
  readonly capacity: Capacity
  /** Module whose functions are this node's handlers. */
  readonly handlersModule: string | null
  readonly handlerWorkers: number
  readonly allowController: boolean
  readonly controllerEntry: string | null
  readonly policyFile: string | null
  readonly cgroupRoot: string
  readonly logLevel: string
}
