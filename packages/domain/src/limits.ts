/**
 * Every limit of the cluster, with its reason. What happens at a limit stands beside it. Durations in milliseconds, sizes in bytes.
 */
export const limits = {
  /** Longest plain string in any input; a longer one is refused with `bad_input`. */
  textLengthMax: 4_096,
  reasonLengthMax: 500,
  nameLengthMax: 63,
  labelsMax: 64,
  labelValueLengthMax: 128,
  /** Total size of program arguments: Linux allows about 2 MiB for arguments and environment together; half of that is ours. */
  argsBytesMax: 128 * 1024,
  argsMax: 1_024,
  envMax: 256,
  envBytesMax: 64 * 1024,
  handlerInputBytesMax: 128 * 1024,
  /** A result above this is refused by the agent and the attempt fails with a sentence that says so. */
  resultBytesMax: 256 * 1024,
  /** Body of one HTTP request, and one message of an agent's socket (agents carry logs). */
  requestBytesMax: 256 * 1024,
  agentMessageBytesMax: 1024 * 1024,
  browserMessageBytesMax: 128 * 1024,
  batchCallsMax: 10,
  retryAttemptsMax: 20,
  attemptRecordsKept: 10,
  decisionEntriesKept: 10,
  decisionTopKept: 5,
  priorityMax: 100,
  constraintsMax: 32,
  /** Largest machines of today hold 16. */
  gpusPerNodeMax: 64,
  /** Strategies in one chain. */
  chainLengthMax: 5,
  bulkTargetsMax: 10_000,
  nodesMax: 100_000,
  /** Tasks waiting in one shard; the next submit is refused with `queue_full`. */
  queuedTasksMax: 1_000_000,
  /** Terminal tasks kept, newest first; older ones are reaped with their results. */
  terminalTasksKept: 10_000,
  terminalTaskAgeMsMax: 30 * 24 * 3_600_000,
  pageSizeMax: 1_000,
  commitChangesMax: 500,
  /** The feed keeps at least so many entries and at least so long a time, and never more than the greatest number. */
  feedEntriesKept: 200_000,
  feedEntriesMax: 500_000,
  feedAgeMsKept: 24 * 3_600_000,
  /** Oldest audit entries go first. */
  auditEntriesKept: 100_000,
  /** When there are more, those that stand closest to their neighbours go. */
  snapshotsKept: 24,
  snapshotEveryEntries: 10_000,
  snapshotEveryMs: 10 * 60_000,
  takeoversKept: 50,
  eventsInMemoryMax: 5_000,
  logLineBytesMax: 16 * 1024,
  logFileBytesMax: 10 * 1024 * 1024,
  logFilesKept: 3,
  logTailBytes: 64 * 1024,
  logStreamBytesPerSecond: 256 * 1024,
  browserBufferBytesMax: 1024 * 1024,
  agentBufferBytesMax: 4 * 1024 * 1024,
  submitsPerSecond: 200,
  submitsBurst: 1_000,
  joinFailuresPerMinutePerAddress: 10,
  joinsPerMinute: 100,
  signInFailuresBeforeDelay: 5,
  signInsPerMinutePerAddress: 20,
  passwordLengthMin: 12,
  passwordLengthMax: 128,
  schedulesMax: 10_000,
  /** Shorter ones are a service's work; a takeover lasts seconds. */
  scheduleIntervalMsMin: 1_000,
  scheduleRunsKept: 20,
  /** Runs of one schedule that may live at once under the overlap policy `allow`; a further one is refused. */
  scheduleLiveRunsMax: 20,
  /** Due times that wait under the overlap policy `queue`; a further one is skipped. */
  scheduleWaitingMax: 10,
  /** Fewer than are kept, so that the line about older ones that were missed stays in the history. */
  scheduleRunsMadeUpMax: 19,
  /** Nodes of one broadcast: its grid is one object. */
  broadcastNodesMax: 1_000,
  broadcastsKept: 500,
  scriptQueueMax: 2_000,
  servicesMax: 1_000,
  replicasMax: 1_000,
  /** The version in force and ten to go back to. */
  serviceVersionsKept: 11,
  autoscaleDecisionsKept: 20,
  /** Names of metrics that one service may be told. */
  autoscaleMetricsTold: 16,
  /** A told number that is older says nothing any more. */
  autoscaleMetricFreshMs: 5 * 60_000,
  /** How often an agent measures a service's replica. */
  replicaMeasureMs: 5_000,
  /** Ended replicas kept per slot of a service, newest first: enough to read why it failed. */
  endedReplicasKept: 5,
  planKeptMs: 30 * 60_000,
  /** Tasks that a kept loss plan lists; its counts are of all. */
  lossMovesKept: 1_000,
  workflowsMax: 1_000,
  /** A run is one object that is rewritten at each step: more steps than this belong into a workflow of their own. */
  workflowStepsMax: 64,
  workflowDepthMax: 32,
  /** All steps of one version. */
  workflowBytesMax: 192 * 1024,
  workflowInputsMax: 32,
  /** What one step may hand to others; a larger value fails the step. */
  workflowValueBytesMax: 8 * 1024,
  workflowRunInputBytesMax: 16 * 1024,
  workflowRunsLiveMax: 2_000,
  workflowRunsKept: 500,
  /** Of one run, by hand. Task attempts are counted apart. */
  workflowRetriesMax: 50,
  /** Versions kept besides those of runs that are kept. */
  workflowVersionsKept: 11,
  jobTemplatesMax: 1_000,
  jobParametersMax: 32,
  jobChoicesMax: 100,
  jobTemplateVersionsKept: 11,
  /** Moves of one advice; when those are made, the next advice says more. */
  rebalanceMovesMax: 50,
  /** Bytes of a fallback value, as JSON. */
  fallbackBytesMax: 16 * 1024,
  /** Tasks that wait for a background retry; one more failure is a dead letter at once. */
  failbackWaitingMax: 10_000,
  /** Wishes of one task for nodes, and its ties to other jobs. */
  affinitiesMax: 16,
  /** Named ports of one task. */
  portsPerTaskMax: 16,
  /** Labels over which one job is spread. */
  spreadsMax: 4,
  /** Taints of one node, and tolerations of one task. */
  taintsMax: 16,
  /** Dead letters that one call replays. */
  replayMax: 500,
  /** Breakers that are remembered at a time. */
  breakersMax: 10_000,
} as const
