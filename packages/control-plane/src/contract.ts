import type {
  ActPreview,
  ApiTokenView,
  AsOf,
  AuditEntry,
  BroadcastId,
  BroadcastInput,
  BroadcastPreview,
  BroadcastRow,
  BroadcastView,
  ClusterSummary,
  ControllerId,
  ControlPlaneView,
  DispatchPreview,
  DrainOptions,
  DrainPlan,
  ExplainedNow,
  FeedEvent,
  JoinTokenView,
  LoadHistory,
  LossPlan,
  Me,
  NodeDetail,
  NodeId,
  NodeRow,
  Operation,
  OperationId,
  Outcome,
  PlanId,
  PreviewedAct,
  RebalancePlan,
  Role,
  ScheduleId,
  ScheduleInput,
  ScheduleRow,
  ScheduleTiming,
  ScheduleView,
  ServiceDetail,
  ServiceId,
  ServicePlan,
  ServiceRow,
  ServiceSpec,
  Settings,
  StreamFrame,
  StreamTopic,
  Survivability,
  TaskDetail,
  TaskExplanation,
  TaskId,
  TaskResult,
  TaskRow,
  TaskState,
  TaskSubmit,
  TokenId,
  UserId,
  UserView,
} from '@quarterdeck/domain'
import type {
  Beat,
  BeatReply,
  Command,
  LogChunk,
  LogLine,
  RegisterReply,
  RegisterRequest,
  Report,
  ReportBatchReply,
} from '@quarterdeck/domain/wire'

/**
 * What the control plane offers to the API. The routers validate, authorize, call one of these and map errors; every decision is
 * behind this line. Every method that changes something takes the caller and stores an audit entry in the same commit.
 */
export type ControlPlane = {
  readonly id: ControllerId
  readonly access: AccessService
  readonly agents: AgentGateway
  readonly nodes: NodesService
  readonly tasks: TasksService
  readonly operations: OperationsService
  readonly schedules: SchedulesService
  readonly broadcasts: BroadcastsService
  readonly services: ServicesService
  readonly control: ControlService
  readonly events: EventsService
  readonly cluster: ClusterService
  /** What `/healthz`, `/readyz` and `/metrics` show. */
  readonly vitals: VitalsService
}

/** Who asks, from where: goes into the audit entry. */
export type Caller = {
  readonly me: Me
  readonly address: string
  readonly requestId: string
}
/** A caller before sign-in. */
export type Stranger = { readonly address: string; readonly requestId: string; readonly userAgent: string }

export type AccessService = {
  /** Whether the first admin is still to be made. */
  needsSetup(): boolean
  /**
   * Makes the one-time sign-in link's token; null when there is a user, or (without `replace`) when a peer made a token that still holds:
   * several controllers that start together must not take each other's link away. Only the process that starts calls it.
   */
  issueSetupToken(input: { readonly replace: boolean }): Promise<Outcome<string | null>>
  /** Trades the one-time token for the first admin, and signs in. */
  setUp(input: { token: string; userId: string; password: string }, from: Stranger): Promise<Outcome<SignedIn>>
  signIn(input: { userId: string; password: string }, from: Stranger): Promise<Outcome<SignedIn>>
  signOut(sessionSecret: string): Promise<Outcome<null>>
  /** Who a cookie's secret, or an API token `qdt_…`, belongs to; null when nobody. Refreshes the idle time at most once a minute. */
  authenticate(credential: { readonly sessionSecret?: string; readonly apiToken?: string }): Promise<Me | null>
  changeOwnPassword(input: { current: string; next: string }, caller: Caller): Promise<Outcome<null>>

  /** One ticket per live peer, single use, 5 minutes. */
  issueTickets(
    sessionSecret: string,
  ): Promise<Outcome<readonly { readonly controllerId: ControllerId; readonly url: string; readonly ticket: string }[]>>
  /** Called at the peer: sets a new cookie secret for the same session. */
  redeemTicket(ticket: string, from: Stranger): Promise<Outcome<SignedIn>>

  listUsers(): readonly UserView[]
  createUser(input: { id: UserId; role: Role; password: string }, caller: Caller): Promise<Outcome<UserView>>
  updateUser(
    input: { id: UserId; role?: Role; disabled?: boolean; password?: string },
    caller: Caller,
  ): Promise<Outcome<UserView>>
  removeUser(input: { id: UserId }, caller: Caller): Promise<Outcome<null>>

  listJoinTokens(): readonly JoinTokenView[]
  /** The secret is in the reply and never again. */
  createJoinToken(
    input: { usesMax: number; ttlMs: number; labels: Record<string, string>; zone: string | null },
    caller: Caller,
  ): Promise<Outcome<{ readonly token: string; readonly view: JoinTokenView }>>
  revokeJoinToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>>

  listApiTokens(): readonly ApiTokenView[]
  createApiToken(
    input: { name: string; role: Role; ttlMs: number | null },
    caller: Caller,
  ): Promise<Outcome<{ readonly token: string; readonly view: ApiTokenView }>>
  revokeApiToken(input: { id: TokenId }, caller: Caller): Promise<Outcome<null>>
}

export type SignedIn = { readonly sessionSecret: string; readonly me: Me; readonly expiresAtMs: number }

export type AgentGateway = {
  /** Consumes the token and creates the node's credential in one commit. */
  join(
    input: { token: string; name: NodeId },
    from: Stranger,
  ): Promise<Outcome<{ nodeId: NodeId; secret: string; controllers: string[] }>>
  authenticate(input: { nodeId: string; secret: string }): Promise<NodeId | null>
  /** A new life of the node's connection; supersedes an older session. */
  register(nodeId: NodeId, request: RegisterRequest): Promise<Outcome<RegisterReply>>
  /** Commands for a session, from the moment of subscribing; starts with the whole desired set. Ends when the session is superseded. */
  commands(nodeId: NodeId, sessionId: string, signal: AbortSignal): AsyncIterable<Command>
  /** Synchronous and cheap: one call per agent per second. */
  beat(nodeId: NodeId, beat: Beat): Outcome<BeatReply>
  report(nodeId: NodeId, sessionId: string, reports: readonly Report[]): Promise<Outcome<ReportBatchReply>>
  logs(nodeId: NodeId, chunk: LogChunk): Outcome<null>
  /** The socket of a session closed. `goodbye`: the agent said so before. */
  closed(nodeId: NodeId, sessionId: string, goodbye: boolean): void
}

export type NodesService = {
  list(): AsOf<readonly NodeRow[]>
  get(id: NodeId): Outcome<AsOf<NodeDetail>>
  history(id: NodeId, input: { sinceMs: number }): Outcome<LoadHistory>
  cordon(
    input: { ids: readonly NodeId[]; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId | null }>>
  uncordon(
    input: { ids: readonly NodeId[]; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId | null }>>
  /** What the loss of these nodes, or of a whole zone, would do now; changes nothing. */
  previewLoss(input: { ids: readonly NodeId[]; zone?: string }): Outcome<LossPlan>
  /** What cordon, remove, promote or demote would do to these nodes now; changes nothing. */
  previewAct(input: { act: PreviewedAct; ids: readonly NodeId[] }): Outcome<ActPreview>
  /** Computes and keeps a plan; changes nothing else. */
  previewDrain(input: { ids: readonly NodeId[]; options: DrainOptions }): Promise<Outcome<DrainPlan>>
  /**
   * Starts a drain. With `planId` it carries out that plan if the state it stood on still holds, else `plan_outdated` and the sentence
   * says what differs.
   */
  drain(
    input: { ids: readonly NodeId[]; options: DrainOptions; reason: string; planId?: PlanId },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  /** The nodes stay cordoned unless `uncordon`. */
  stopDrain(
    input: { ids: readonly NodeId[]; uncordon: boolean; reason: string },
    caller: Caller,
  ): Promise<Outcome<null>>
  remove(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Asks the node's agent to start a controller beside it. */
  promote(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Asks the node's agent to stop its controller, after it handed leadership over if it leads. */
  demote(input: { id: NodeId; reason: string }, caller: Caller): Promise<Outcome<null>>
  setLabels(input: { id: NodeId; labels: Record<string, string> }, caller: Caller): Promise<Outcome<null>>
}

export type TaskFilter = {
  readonly states?: readonly TaskState[]
  readonly nodeId?: NodeId
  /** Part of the name or id. */
  readonly text?: string
  readonly limit: number
  /** From a previous page. */
  readonly cursor?: string
}

export type TasksService = {
  submit(
    input: TaskSubmit,
    caller: Caller,
  ): Promise<Outcome<{ readonly taskId: TaskId; readonly existing: boolean; readonly revision: number }>>
  /** Many at once; one outcome each, in order. */
  submitMany(
    inputs: readonly TaskSubmit[],
    caller: Caller,
  ): Promise<readonly Outcome<{ readonly taskId: TaskId; readonly existing: boolean }>[]>
  /** Submits and waits for the end, at most `waitMs`; then `row.state` may still be a live one. One call from submit to result. */
  run(
    input: TaskSubmit,
    waitMs: number,
    caller: Caller,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly row: TaskRow; readonly result: TaskResult | null; readonly existing: boolean }>>
  /** Waits for the end of a task, at most `waitMs`. */
  wait(
    id: TaskId,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly row: TaskRow; readonly result: TaskResult | null }>>
  preview(input: TaskSubmit): Outcome<DispatchPreview>
  /** Why a task is where it is, what would be decided now, and the verdict on one node. */
  explain(input: { id: TaskId; nodeId?: NodeId }): Promise<Outcome<TaskExplanation>>
  /** The same for a task that does not exist yet; null until the view of the cluster is complete. */
  explainNew(input: { task: TaskSubmit; nodeId?: NodeId }): Outcome<ExplainedNow | null>
  list(
    filter: TaskFilter,
  ): AsOf<{ readonly tasks: readonly TaskRow[]; readonly next: string | null; readonly total: number }>
  get(id: TaskId): Promise<Outcome<AsOf<TaskDetail>>>
  cancel(input: { id: TaskId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** A new task with `retryOf`. */
  rerun(input: { id: TaskId }, caller: Caller): Promise<Outcome<{ readonly taskId: TaskId }>>
  /** An operator's word that an unknown attempt is over: `lost-unknown`. */
  closeUnknown(input: { id: TaskId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Yields the row now and at each change; ends after the terminal one. */
  watch(id: TaskId, signal: AbortSignal): AsyncIterable<TaskRow>
  /** Batches of tasks of this caller as they end, from now on: for submitters of many. */
  finished(
    caller: Caller,
    signal: AbortSignal,
  ): AsyncIterable<readonly { readonly taskId: TaskId; readonly state: TaskState; readonly attempt: number }[]>
  /**
   * Output from an offset, live until the attempt ends; from the node while it can be asked, else the stored tail, and a marker line says
   * which and what may be missing.
   */
  logs(
    input: {
      id: TaskId
      attempt?: number
      fromOffset: number /** Asked by another controller: answer from here only. */
      relayed?: boolean
    },
    signal: AbortSignal,
  ): AsyncIterable<LogLine>
}

export type ServicesService = {
  list(): AsOf<readonly ServiceRow[]>
  get(id: ServiceId): Outcome<AsOf<ServiceDetail>>
  /** What `apply` would do. Changes nothing. */
  plan(spec: ServiceSpec): Outcome<ServicePlan>
  /** Makes the service, or brings it to `spec`. With `basis` of a plan: only if nobody changed it since. */
  apply(
    input: { spec: ServiceSpec; basis?: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly plan: ServicePlan; readonly revision: number }>>
  scale(input: { id: ServiceId; replicas: number; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Without `version`: to the one before, or where an unfinished update came from. */
  rollback(input: { id: ServiceId; version?: number; reason: string }, caller: Caller): Promise<Outcome<null>>
  pauseUpdate(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Also lets an update go on that waits after its canaries. */
  resumeUpdate(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
  /** Stops its replicas; it is gone when they are. */
  remove(input: { id: ServiceId; reason: string }, caller: Caller): Promise<Outcome<null>>
}

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

export type SchedulesService = {
  /** By name. */
  list(): AsOf<readonly ScheduleRow[]>
  get(id: ScheduleId): Outcome<AsOf<ScheduleView>>
  /** When a schedule with this timing would run, from now on. */
  preview(timing: ScheduleTiming): Outcome<{ readonly nextRuns: readonly number[] }>
  /** Makes the schedule, or changes it to this. */
  apply(input: ScheduleInput, caller: Caller): Promise<Outcome<{ readonly created: boolean }>>
  /** A run now, whatever is due and whatever lives. */
  run(input: { id: ScheduleId }, caller: Caller): Promise<Outcome<{ readonly taskId: TaskId }>>
  pause(input: { id: ScheduleId; reason: string }, caller: Caller): Promise<Outcome<null>>
  resume(input: { id: ScheduleId }, caller: Caller): Promise<Outcome<null>>
  /** Its runs that live go on. */
  remove(input: { id: ScheduleId; reason: string }, caller: Caller): Promise<Outcome<null>>
}

export type BroadcastsService = {
  /** Which nodes it would run on now. Changes nothing. */
  preview(input: BroadcastInput): Outcome<BroadcastPreview>
  submit(
    input: BroadcastInput,
    caller: Caller,
  ): Promise<Outcome<{ readonly broadcastId: BroadcastId; readonly existing: boolean }>>
  /** Newest first. */
  list(input: { limit: number }): AsOf<readonly BroadcastRow[]>
  get(id: BroadcastId): Outcome<AsOf<BroadcastView>>
  /** What has not started never does; what lives is asked to end. */
  cancel(input: { id: BroadcastId; reason: string }, caller: Caller): Promise<Outcome<null>>
}

export type ControlService = {
  view(): ControlPlaneView
  /** Moves leadership to another live controller without a gap. */
  transfer(
    input: { to: ControllerId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly epoch: number; readonly tookMs: number }>>
  /** Lifts the mass brake for `forMs`. */
  releaseBrake(input: { forMs: number; reason: string }, caller: Caller): Promise<Outcome<null>>
}

export type EventsService = {
  /** Newest first. */
  list(input: {
    readonly limit: number
    readonly before?: string
    readonly types?: readonly string[]
    readonly subject?: { readonly kind: string; readonly id: string }
    readonly text?: string
  }): Promise<Outcome<{ readonly events: readonly FeedEvent[]; readonly next: string | null }>>
  audit(input: { readonly limit: number; readonly before?: string }): Promise<
    Outcome<{
      readonly entries: readonly (AuditEntry & { readonly id: string; readonly atMs: number; readonly actor: string })[]
      readonly next: string | null
    }>
  >
}

export type ClusterService = {
  summary(): AsOf<ClusterSummary>
  /** Which single node or zone can be lost, computed in the background; null until the first round is through. */
  survivability(): Survivability | null
  /** The fewest moves that would even the cluster out now; changes nothing. */
  rebalanceAdvice(): RebalancePlan
  /** Carries out the advice with this id; `plan_outdated` when the advice is another one by now. */
  rebalance(
    input: { planId: PlanId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly operationId: OperationId }>>
  settings(): Settings
  updateSettings(input: { strategy?: string; clusterName?: string }, caller: Caller): Promise<Outcome<null>>
  strategies(): readonly { readonly name: string; readonly summary: string }[]
  /** The live stream of one page. `buffered` tells how many bytes wait in its socket, so that load frames can be dropped. */
  stream(
    input: { topics: readonly StreamTopic[]; lastEventId?: string; me: Me; buffered: () => number },
    signal: AbortSignal,
  ): AsyncIterable<{ readonly cursor: string; readonly frame: StreamFrame }>
}

export type VitalsService = {
  ready(): { readonly ready: boolean; readonly because: string }
  /** Numbers for `/metrics`, by metric name without prefix; labelled ones as lists. */
  metrics(): Vitals
}

export type Vitals = {
  readonly nodesByStatus: Readonly<Record<string, number>>
  readonly tasksByState: Readonly<Record<string, number>>
  readonly agentSessions: number
  readonly streams: number
  readonly isLeader: boolean
  readonly epoch: number
  readonly revision: number
  readonly behindMs: number
  readonly storeRoundTripMs: number | null
  readonly eventLoopLagMs: number
  readonly beatsTotal: number
  readonly commitsTotal: number
  readonly commitCallsTotal: number
  readonly commitsWaiting: number
  readonly conflictsTotal: number
  readonly fencedTotal: number
  readonly placementsTotal: number
  readonly refusalsTotal: number
  readonly reportsTotal: number
  readonly tasksFinishedTotal: Readonly<Record<string, number>>
  readonly suspicionsTotal: number
  readonly falseSuspicionsTotal: number
  readonly takeoversTotal: number
}
