import {
  incarnationSchema,
  type LoadSample,
  type NodeFacts,
  type NodeId,
  type Outcome,
  type SessionId,
  type UnixMs,
} from '@quarterdeck/domain'
import {
  type Assignment,
  type Command,
  desiredDigest,
  type RegisterReply,
  type RegisterRequest,
  type Report,
} from '@quarterdeck/domain/wire'
import type { ControlPlane } from '../contract.ts'
import type { VirtualProcess, VirtualWorld } from './virtual-world.ts'

const BEAT_MS = 1_000

/** As much of an agent as the control plane sees: it registers, beats, and keeps what it was told. It runs nothing. */
export type TestAgent = {
  readonly nodeId: NodeId
  readonly process: VirtualProcess
  readonly commands: readonly Command[]
  readonly sessionId: SessionId
  /** What it must hold, as it understood it: `taskId/attempt/want`. */
  desired(): readonly string[]
  /** A new session, at this controller. */
  connect(controlPlane: ControlPlane, change?: Partial<RegisterRequest>): Promise<Outcome<RegisterReply>>
  report(...reports: Report[]): Promise<void>
  /** The connection ends without a word, as by `kill -9`. */
  drop(): void
  leave(): void
}

export function testAgent(world: VirtualWorld, nodeId: NodeId, zone: string): TestAgent {
  const process = world.process(nodeId)
  const commands: Command[] = []
  const held = new Map<string, Pick<Assignment, 'taskId' | 'attempt' | 'want'>>()
  let beating: { cancel(): void } | null = null
  let reading = new AbortController()
  let session: { readonly id: SessionId; readonly controlPlane: ControlPlane } | null = null
  let seq = 0

  function obey(command: Command): void {
    commands.push(command)
    if (command.kind !== 'desired') return
    if (command.whole) held.clear()
    for (const { taskId, attempt, want } of command.assignments) held.set(taskId, { taskId, attempt, want })
    for (const name of command.released) held.delete(name.slice(0, name.lastIndexOf('/')))
  }

  function disconnect(goodbye: boolean): void {
    beating?.cancel()
    reading.abort()
    session?.controlPlane.agents.closed(nodeId, session.id, goodbye)
    session = null
  }

  return {
    nodeId,
    process,
    commands,
    get sessionId() {
      if (!session) throw new Error(`${nodeId} is not connected`)
      return session.id
    },
    desired: () => [...held.values()].map(({ taskId, attempt, want }) => `${taskId}/${attempt}/${want}`),
    async connect(controlPlane, change = {}) {
      beating?.cancel()
      reading.abort()
      const reply = await world.settle(controlPlane.agents.register(nodeId, { ...requestOf(nodeId, zone), ...change }))
      if (!reply.ok) return reply
      const { sessionId } = reply.value
      session = { id: sessionId, controlPlane }
      reading = new AbortController()
      const { signal } = reading
      void (async () => {
        for await (const command of controlPlane.agents.commands(nodeId, sessionId, signal)) obey(command)
      })()
      const beat = () => {
        controlPlane.agents.beat(nodeId, {
          sessionId,
          seq: ++seq,
          digest: desiredDigest([...held.values()]),
          load: idle,
        })
      }
      beating = process.platform.timers.every(BEAT_MS, beat)
      return reply
    },
    async report(...reports) {
      if (!session) throw new Error(`${nodeId} is not connected`)
      for (const report of reports) if (report.kind === 'ended') held.delete(report.taskId)
      await world.settle(session.controlPlane.agents.report(nodeId, session.id, reports))
    },
    drop: () => disconnect(false),
    leave: () => disconnect(true),
  }
}

const idle: LoadSample = {
  cpuShare: 0.1,
  memoryBytesUsed: 2 ** 30,
  memoryBytesTotal: 8 * 2 ** 30,
  diskBytesUsed: null,
  diskBytesTotal: null,
  diskReadBytesPerSecond: null,
  diskWriteBytesPerSecond: null,
  networkReceivedBytesPerSecond: null,
  networkSentBytesPerSecond: null,
  loadAverage: [0, 0, 0],
  tasksRunning: 0,
  eventLoopLagMs: 0,
}

function requestOf(nodeId: NodeId, zone: string): RegisterRequest {
  const facts: NodeFacts = {
    hostname: nodeId,
    os: 'linux',
    arch: 'x64',
    cpuModel: 'test',
    cpuCount: 4,
    agentVersion: '0.0.0',
    nodeVersion: 'v20',
    pid: 1,
    bootId: `${nodeId}-boot`,
    startedAtMs: 1 as UnixMs,
    addresses: [],
    isolation: 'none',
    drivers: ['exec', 'handler'],
    handlers: ['noop'],
    canHostController: true,
  }
  return {
    wire: 1,
    incarnation: incarnationSchema.parse(`${nodeId}-life`),
    fences: [],
    zone,
    region: 'r1',
    labels: {},
    capacity: { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: 32 },
    facts,
    held: [],
  }
}
