import { clusterError, fail, type NodeId, nodeIdSchema, type Outcome, ok, type Stored } from '@quarterdeck/domain'
import type { Command, HeldAttempt, LogChunk, Report, ReportBatchReply } from '@quarterdeck/domain/wire'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { AgentGateway } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import type { LoadBookWriter } from '../telemetry/load-book.ts'
import type { TelemetryLane } from '../telemetry/telemetry-lane.ts'
import type { OpenSession, SessionTable } from './agent-hub.ts'
import { beatIntervalFor, isWorthTelling, reconnectSpreadMs } from './beat-interval.ts'
import { createCloneWatch } from './clone-watch.ts'
import { controllerUrls, createJoin } from './join.ts'
import { register } from './register.ts'

export type GatewayDeps = {
  readonly crypto: Crypto
  readonly table: SessionTable
  readonly lane: TelemetryLane
  readonly loads: LoadBookWriter
  readonly dispatch: {
    sessionOpened(nodeId: NodeId, held: readonly HeldAttempt[]): Command | Promise<Command>
    beatDigest(nodeId: NodeId, digest: string): void
  }
  readonly reporter: { report(nodeId: NodeId, reports: readonly Report[]): Promise<Outcome<ReportBatchReply>> }
  readonly logs: { chunk(nodeId: NodeId, chunk: LogChunk): void; sessionClosed(nodeId: NodeId): void }
  /** What a controller on this node needs to start. */
  readonly controllerEnvForNode: (nodeId: NodeId) => Record<string, string>
  /** The highest leadership epoch that an agent remembers. */
  readonly epochSeen: (epoch: number) => void
}

/** The agents' side of one controller: identity, sessions, beats, and the commands that are pushed to them. */
export function createAgentGateway(
  core: Core,
  deps: GatewayDeps,
): AgentGateway & { start(): void; stop(reason: string): void } {
  const { table, lane, dispatch, crypto } = deps
  const clones = createCloneWatch(core.platform.clock)
  let toldIntervalMs = core.timings.beatIntervalMs

  const intervalMs = () => beatIntervalFor(table.size, core.timings)

  function tellInterval(): void {
    const nowMs = intervalMs()
    if (!isWorthTelling(toldIntervalMs, nowMs)) return
    toldIntervalMs = nowMs
    tellAll({ kind: 'timings', beatIntervalMs: nowMs })
  }

  function tellAll(command: Command): void {
    for (const { nodeId } of [...table.sessions()]) table.send(nodeId, command)
  }

  function roleCommand(nodeId: NodeId): Command {
    const role = core.cache.get('node', nodeId)?.value.desiredRole ?? 'worker'
    return { kind: 'role', role, env: role === 'standby' ? deps.controllerEnvForNode(nodeId) : {} }
  }

  /** The session ended here; what is stored of it changes only when it said goodbye. */
  function ended(session: OpenSession, goodbye: boolean): void {
    const { nodeId, sessionId } = session
    deps.logs.sessionClosed(nodeId)
    lane.closed({ nodeId, sessionId, goodbye, afterBeatMs: core.platform.clock.monotonicMs() - session.lastBeatAtMs })
    if (goodbye) void storeGoodbye(core, session)
    tellInterval()
  }

  function nodeChanged(nodeId: NodeId, before: Stored<'node'> | undefined, after: Stored<'node'> | undefined): void {
    if (before && after) clones.observe(before.value, after.value)
    if (!after) {
      clones.forget(nodeId)
      deps.loads.forget(nodeId)
    }
    const session = table.find(nodeId)
    if (!session) return
    const isSuperseded =
      after === undefined || (after.revision > session.revision && after.value.session?.id !== session.sessionId)
    if (isSuperseded) {
      // No sign for the detector: the node is connected elsewhere, or was removed.
      table.drop(session.nodeId, session.sessionId)
      deps.logs.sessionClosed(session.nodeId)
    } else if (before && before.value.desiredRole !== after.value.desiredRole) {
      table.send(session.nodeId, roleCommand(session.nodeId))
    }
  }

  return {
    start() {
      table.onOverflow((session) => ended(session, false))
      core.cache.subscribe((change) => {
        if (change.kind === 'reset') {
          for (const { nodeId } of [...table.sessions()]) nodeChanged(nodeId, undefined, core.cache.get('node', nodeId))
          return
        }
        for (const one of change.changes) {
          if (one.kind === 'node') nodeChanged(nodeIdSchema.parse(one.id), one.before, one.after)
        }
        if (change.changes.some(({ kind }) => kind === 'controller'))
          tellAll({ kind: 'controllers', urls: controllerUrls(core) })
      })
    },
    stop(reason) {
      tellAll({ kind: 'goaway', reason, spreadMs: reconnectSpreadMs(table.size, core.timings) })
    },

    join: createJoin(core, deps),

    async authenticate({ nodeId, secret }) {
      // A node that joined a moment ago at another controller may not be in the cache yet.
      if (!core.cache.get('node-credential', nodeId)) await core.cache.fresh().catch(() => undefined)
      const credential = core.cache.get('node-credential', nodeId)?.value
      const matches = crypto.equalTexts(credential?.secretHash ?? '', crypto.sha256Hex(secret))
      return credential && matches && !credential.revoked ? credential.id : null
    },

    async register(nodeId, request) {
      const reply = await register(core, { table, clones, epochSeen: deps.epochSeen }, nodeId, request)
      if (reply.ok) tellInterval()
      return reply
    },

    async *commands(nodeId, sessionId, signal) {
      const session = table.find(nodeId)
      if (session?.sessionId !== sessionId) return
      yield await dispatch.sessionOpened(nodeId, session.held)
      yield roleCommand(nodeId)
      yield* session.outbox.drain(signal)
    },

    beat(nodeId, beat) {
      const session = table.find(nodeId)
      if (session?.sessionId !== beat.sessionId) return fail(staleSession(nodeId))
      // What registered here is stored, so the others heard of it then.
      const unheardMs = Math.min(lane.unheardMs(), core.platform.clock.monotonicMs() - session.openedAtMs)
      // By now the leader suspects the nodes that are connected here, although they live: they must go where they are heard.
      if (unheardMs > core.timings.suspectAfterMs) return fail(cutOff(core.id))
      core.counters.beats++
      session.digest = beat.digest
      session.lastBeatAtMs = core.platform.clock.monotonicMs()
      lane.beat(nodeId, session.sessionId, beat.load)
      dispatch.beatDigest(nodeId, beat.digest)
      return ok({
        seq: beat.seq,
        serverMs: core.platform.clock.unixMs(),
        beatIntervalMs: intervalMs(),
        ...(unheardMs > core.timings.beatIntervalMs && { isolated: true }),
      })
    },

    async report(nodeId, sessionId, reports) {
      if (table.find(nodeId)?.sessionId !== sessionId) return fail(staleSession(nodeId))
      return await deps.reporter.report(nodeId, reports)
    },

    logs(nodeId, chunk) {
      if (table.find(nodeId)?.sessionId !== chunk.sessionId) return fail(staleSession(nodeId))
      deps.logs.chunk(nodeId, chunk)
      return ok(null)
    },

    closed(nodeId, sessionId, goodbye) {
      const session = table.drop(nodeId, sessionId)
      if (session) ended(session, goodbye)
    },
  }
}

/** The node has no connection in force any more, and nobody needs to guess why. */
async function storeGoodbye(core: Core, { nodeId, sessionId }: OpenSession): Promise<void> {
  await commitDraft(core, () => {
    const stored = core.cache.get('node', nodeId)
    const changes = stored?.value.session?.id === sessionId ? [replace(stored, { ...stored.value, session: null })] : []
    return ok({
      value: null,
      changes,
      meta: { atMs: core.platform.clock.unixMs(), actor: `node:${nodeId}`, events: [] },
    })
  })
}

function cutOff(id: string) {
  return clusterError(
    'unavailable',
    `${id} cannot reach the store (Redis), so nobody else hears this node through it.`,
    {
      remedy: 'Connect to another controller.',
      retryAfterMs: 500,
    },
  )
}

function staleSession(nodeId: NodeId) {
  return clusterError('stale_session', `This session of ${nodeId} is over.`, { remedy: 'Register again.' })
}
