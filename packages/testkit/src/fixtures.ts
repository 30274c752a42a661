import { type Node, nodeIdSchema, type Task, type TaskSpec, taskIdSchema, type UnixMs } from '@quarterdeck/domain'

const GIB = 2 ** 30

/** A ready, open node with 4 cores, 8 GiB and 16 slots. Tests name only what their claim is about. */
export function aNode(id: string, changes: Partial<Node> = {}): Node {
  return {
    v: 1,
    id: nodeIdSchema.parse(id),
    zone: 'eu-1',
    region: 'eu',
    labels: {},
    capacity: { cpuMillis: 4_000, memoryBytes: 8 * GIB, taskSlots: 16 },
    facts: {
      hostname: id,
      os: 'linux',
      arch: 'x64',
      cpuModel: 'test',
      cpuCount: 4,
      agentVersion: '0.0.0',
      nodeVersion: '20.0.0',
      pid: 1,
      bootId: 'boot-1',
      startedAtMs: at(0),
      addresses: [],
      isolation: 'rlimit',
      drivers: ['exec', 'handler'],
      handlers: [],
      canHostController: false,
    },
    joinedAtMs: at(0),
    incarnation: 'life-1' as Node['incarnation'],
    session: null,
    health: 'ready',
    healthSinceMs: at(0),
    evidence: [],
    falseSuspicions: 0,
    scheduling: 'open',
    schedulingSinceMs: at(0),
    remark: null,
    drain: null,
    desiredRole: 'worker',
    quarantined: null,
    ...changes,
  }
}

/** The spec of an exec task that runs `/bin/true` and may be retried. */
export function aSpec(id: string, changes: Partial<TaskSpec> = {}): TaskSpec {
  return {
    v: 1,
    id: taskIdSchema.parse(id),
    name: id,
    driver: 'exec',
    exec: { command: '/bin/true', args: [], shell: false, env: {}, limits: {} },
    resources: { cpuMillis: 100, memoryBytes: 64 * 1024 * 1024 },
    labels: {},
    constraints: [],
    onNodes: [],
    notOnNodes: [],
    strategy: 'least-loaded',
    priority: 50,
    policy: 'at-least-once',
    retry: { attemptsMax: 3, backoffBaseMs: 1_000, backoffCapMs: 60_000 },
    timeouts: { queueMs: null, startMs: 60_000, runMs: 900_000, progressMs: null },
    killGraceMs: 10_000,
    onDrain: 'finish',
    system: false,
    durable: false,
    submittedBy: 'user:ana',
    submittedAtMs: at(0),
    ...changes,
  }
}

/** The changing part of a task that was just queued, in agreement with its spec. */
export function aTask(spec: TaskSpec, changes: Partial<Task> = {}): Task {
  return {
    v: 1,
    id: spec.id,
    name: spec.name,
    driver: spec.driver,
    policy: spec.policy,
    priority: spec.priority,
    resources: spec.resources,
    system: spec.system,
    state: 'queued',
    sinceMs: spec.submittedAtMs,
    createdAtMs: spec.submittedAtMs,
    attempt: 0,
    nodeId: null,
    epoch: 0,
    startedAtMs: null,
    endedAtMs: null,
    failures: 0,
    notBeforeMs: null,
    avoid: [],
    planned: null,
    stop: null,
    attempts: [],
    progress: null,
    exit: null,
    usage: null,
    retryOf: spec.retryOf ?? null,
    replica: null,
    health: null,
    submittedBy: spec.submittedBy,
    ...changes,
  }
}

/** A wall-clock moment, milliseconds. */
export function at(ms: number): UnixMs {
  return ms as UnixMs
}
