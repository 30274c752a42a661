import type { ApiToken, JoinToken, User } from './access.ts'
import type { Autoscaler } from './autoscale.ts'
import type { Broadcast } from './broadcast.ts'
import type { Controller, Leadership } from './controller.ts'
import type { DecisionEntry } from './decision.ts'
import type { ForeseenRoom } from './dispatch-plan.ts'
import type { Node } from './node.ts'
import type { PrimaryStatus } from './primary-status.ts'
import type { LoadSample } from './resources.ts'
import type { Role } from './roles.ts'
import type { Schedule } from './schedule.ts'
import type { Rollout, Service, ServiceVersion } from './service.ts'
import type { Task, TaskResult } from './task.ts'
import type { TaskSpec } from './task-spec.ts'

/** What the API shows. Every answer from a cache says how old it is. */
export type AsOf<Value> = {
  readonly value: Value
  readonly revision: number
  /** Server's wall clock at the answer, and how far the cache may be behind the store, milliseconds. */
  readonly serverMs: number
  readonly behindMs: number
}

export type NodeRow = Omit<Node, 'v' | 'incarnation' | 'session'> & {
  /** The controller that holds its agent's connection; null after a goodbye. Its id is between those two. */
  readonly session: Omit<NonNullable<Node['session']>, 'id'> | null
  /** Number of this node in load frames of this connection's controller; never reused for another node. */
  readonly slot: number
  readonly status: PrimaryStatus
  /** Derived from the controllers: `leader` while a controller on this node leads. */
  readonly role: 'worker' | 'standby' | 'leader'
  /** Tasks that hold this node, and what they reserve. */
  readonly tasksPlaced: number
  readonly cpuMillisReserved: number
  readonly memoryBytesReserved: number
  /** When suspect: the moment at which it will be declared down unless it returns. */
  readonly downAtMs: number | null
}

export type NodeDetail = NodeRow & {
  readonly load: LoadSample | null
  /** Age of the last beat, milliseconds; null when this controller never heard one. */
  readonly beatAgeMs: number | null
  readonly tasks: readonly TaskRow[]
}

/** Columns of a node's measured history, oldest first, one entry per sample; NaN is sent as null: a gap is a gap. */
export type LoadHistory = {
  readonly nodeId: string
  readonly atMs: readonly number[]
  readonly cpuShare: readonly (number | null)[]
  readonly memoryShare: readonly (number | null)[]
  readonly diskShare: readonly (number | null)[]
  readonly diskBytesPerSecond: readonly (number | null)[]
  readonly networkReceivedBytesPerSecond: readonly (number | null)[]
  readonly networkSentBytesPerSecond: readonly (number | null)[]
  readonly loadAverage1: readonly (number | null)[]
  readonly tasksRunning: readonly (number | null)[]
}

/** One line of a task list: the task without its attempts. */
export type TaskRow = Omit<Task, 'v' | 'attempts' | 'avoid'> & { readonly revision: number }

export type TaskDetail = {
  readonly task: Task & { readonly revision: number }
  readonly spec: TaskSpec
  /** Of every attempt that is kept, newest first. */
  readonly decisions: readonly DecisionEntry[]
  readonly result: TaskResult | null
}

/** One line of the list of broadcasts. */
export type BroadcastRow = Omit<Broadcast, 'v' | 'task' | 'children' | 'inputHash'> & {
  readonly taskName: string
  readonly total: number
  readonly succeeded: number
  readonly failed: number
}
export type BroadcastView = BroadcastRow & Pick<Broadcast, 'children' | 'task'>

/** Where a broadcast would run. */
export type BroadcastPreview = {
  readonly nodeIds: readonly string[]
  /** Nodes that do not match, counted by why. */
  readonly leftOut: readonly { readonly because: string; readonly count: number }[]
}

/** One line of the list of schedules: what it runs only in short, so that a thousand of them are small and none carries variables. */
export type ScheduleRow = Omit<Schedule, 'v' | 'task'> & {
  readonly revision: number
  /** The next 5 due times if it were not paused, milliseconds since 1970. Fixed delay: at most the first is known. */
  readonly nextRuns: readonly number[]
  readonly taskName: string
  /** Program or handler, shortened. */
  readonly runsWhat: string
}

export type ScheduleView = ScheduleRow & { readonly task: Schedule['task'] }

/** One line of a service list. The counts are of its replicas as they are now. */
export type ServiceRow = Omit<Service, 'v' | 'versions' | 'tasksMade'> & {
  readonly revision: number
  /** Replicas that there shall be: `replicas`, or the number of matching nodes of a system service. */
  readonly wanted: number
  /** Running, and healthy where there is a health check. */
  readonly healthy: number
  readonly unhealthy: number
  /** Not running yet, or waiting for the first good answer of the health check. */
  readonly starting: number
  /** Ended, and waiting for a restart or for a node. */
  readonly waiting: number
  /** Live replicas by version, the newest version first. */
  readonly byVersion: readonly { readonly version: number; readonly live: number; readonly healthy: number }[]
}

export type ServiceDetail = {
  readonly service: ServiceRow
  readonly versions: readonly ServiceVersion[]
  readonly rollout: Rollout | null
  /** Its measures and last decisions; null while it never was autoscaled. */
  readonly autoscaler: Autoscaler | null
  /** Live replicas by slot, then the newest that ended. */
  readonly tasks: readonly TaskRow[]
}

/** What applying a service file would do. Nothing was changed. */
export type ServicePlan = {
  readonly name: string
  readonly act: 'create' | 'update' | 'unchanged'
  /** What it stood on: an apply that names it is refused when somebody changed the service meanwhile. */
  readonly basis: string
  /** Dotted paths of what differs; `before` is null for what is new. */
  readonly changes: readonly { readonly path: string; readonly before: string | null; readonly after: string | null }[]
  /** The version that replicas would have afterwards. */
  readonly specVersion: number
  /** Sentences in the order in which it would happen. */
  readonly steps: readonly string[]
  /** Where new replicas would go as the cluster is now, by the same plan that places them. */
  readonly placements: readonly { readonly slot: string; readonly nodeId: string | null; readonly because: string }[]
}

export type ControllerView = Controller & {
  readonly role: 'leader' | 'standby' | 'down' | 'left'
  readonly epoch: number | null
  /** From its telemetry; null when it is silent. Milliseconds. */
  readonly behindMs: number | null
  readonly storeRoundTripMs: number | null
  readonly eventLoopLagMs: number | null
  readonly agents: number | null
  readonly pages: number | null
  readonly lastContactMs: number | null
  readonly memoryBytes: number | null
}

export type ControlPlaneView = {
  readonly leadership: Leadership | null
  readonly leader: { readonly controllerId: string; readonly epoch: number; readonly sinceMs: number } | null
  readonly controllers: readonly ControllerView[]
  /** "3 controllers live. You can lose 2; the state is as safe as its Redis." */
  readonly tolerance: string
  readonly store: {
    readonly historyId: string
    readonly version: string
    /** What an acknowledged durable write survives here: `replica`, `fsync` or `written`. */
    readonly durability: 'replica' | 'fsync' | 'written'
    readonly warnings: readonly string[]
  }
}

export type ClusterSummary = {
  readonly clusterName: string
  readonly version: string
  readonly nodes: Readonly<Record<PrimaryStatus, number>>
  readonly tasks: Readonly<Record<Task['state'], number>>
  readonly leader: { readonly controllerId: string; readonly epoch: number } | null
  readonly controllersLive: number
  readonly oldestQueuedMs: number | null
  readonly brake: string | null
  readonly attention: readonly {
    readonly severity: 'warning' | 'error'
    readonly text: string
    readonly link: string
    readonly sinceMs: number
  }[]
}

export type UserView = Omit<User, 'passwordHash' | 'v'>
export type JoinTokenView = Omit<JoinToken, 'secretHash' | 'v'> & {
  readonly state: 'usable' | 'used up' | 'expired' | 'revoked'
}
export type ApiTokenView = Omit<ApiToken, 'secretHash' | 'v'>

export type Me = { readonly id: string; readonly role: Role; readonly kind: 'user' | 'token' }

export type DispatchPreview = {
  readonly decision: DecisionEntry
  /** Milliseconds that the oldest queued task of the same priority has waited. */
  readonly queueWaitMs: number
  readonly runningNow: number
  /** What would be stopped for it; absent: nothing. */
  readonly makesRoom?: ForeseenRoom
}
