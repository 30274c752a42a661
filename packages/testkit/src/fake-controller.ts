import { EventEmitter, on } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { clusterError, nodeIdSchema, sessionIdSchema, type UnixMs } from '@quarterdeck/domain'
import {
  type Assignment,
  type Beat,
  beatSchema,
  type Command,
  joinRequestSchema,
  type LogChunk,
  logChunkSchema,
  type RegisterRequest,
  type Report,
  type ReportBatchReply,
  registerRequestSchema,
  reportBatchSchema,
} from '@quarterdeck/domain/wire'
import { initTRPC, TRPCError } from '@trpc/server'
import { createHTTPHandler } from '@trpc/server/adapters/standalone'
import { applyWSSHandler } from '@trpc/server/adapters/ws'
import { WebSocketServer } from 'ws'
import { z } from 'zod'

type Outcome = ReportBatchReply['outcomes'][number]

/** The agents' side of a controller, without a cluster behind it: it says what a test wants and keeps what it heard. */
export type FakeController = {
  readonly url: string
  readonly joinToken: string
  readonly registers: RegisterRequest[]
  readonly beats: Beat[]
  readonly reports: Report[]
  readonly logs: LogChunk[]
  readonly goodbyes: string[]
  /** The desired set that a new session is told first. */
  desired: Assignment[]
  /** What a report is answered; `applied` unless a test says otherwise. */
  answer: (report: Report) => Outcome
  timings: { beatIntervalMs: number; replyTimeoutMs: number; exclusiveStopAfterMs: number }
  push(command: Command): void
  /** Adds to the desired set and pushes it. */
  assign(...assignments: Assignment[]): void
  ended(taskId: string): Extract<Report, { kind: 'ended' }> | undefined
  /** Cuts every socket, as a crash would. */
  cutAll(): void
  close(): Promise<void>
}

const secretOfNodes = 'secret-of-this-node'

/** Starts one on a free port of the loopback. */
export async function startFakeController(): Promise<FakeController> {
  const pushes = new EventEmitter()
  let generation = 1
  const t = initTRPC.context<{ readonly nodeId: string | null }>().create({
    // As the real one does: what went wrong stands in `data.cluster`.
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: {
        ...shape.data,
        cluster: clusterError(error.code === 'UNAUTHORIZED' ? 'bad_token' : 'bad_input', error.message),
      },
    }),
  })
  const known = t.procedure.use(({ ctx, next }) => {
    if (!ctx.nodeId) throw new TRPCError({ code: 'UNAUTHORIZED' })
    return next({ ctx: { nodeId: nodeIdSchema.parse(ctx.nodeId) } })
  })

  const router = t.router({
    agents: t.router({
      join: t.procedure.input(joinRequestSchema).mutation(({ input }) => {
        if (input.token !== fake.joinToken) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'bad token' })
        return { nodeId: input.name, secret: secretOfNodes, controllers: [fake.url] }
      }),
      register: known.input(registerRequestSchema).mutation(({ ctx, input }) => {
        fake.registers.push(input)
        return {
          sessionId: sessionIdSchema.parse(`session-${fake.registers.length}`),
          nodeId: ctx.nodeId,
          historyId: 'history',
          ...fake.timings,
          reconnectSpreadMs: 0,
          serverMs: Date.now() as UnixMs,
          controllers: [fake.url],
        }
      }),
      beat: known.input(beatSchema).mutation(({ input }) => {
        fake.beats.push(input)
        return { seq: input.seq, serverMs: Date.now() as UnixMs, beatIntervalMs: fake.timings.beatIntervalMs }
      }),
      report: known.input(reportBatchSchema).mutation(({ input }) => {
        fake.reports.push(...input.reports)
        const outcomes = input.reports.map((report) => fake.answer(report))
        input.reports.forEach((report, index) => {
          const isOver = report.kind === 'ended' || report.kind === 'rejected'
          if (isOver && outcomes[index] !== 'retry')
            fake.desired = fake.desired.filter(({ taskId }) => taskId !== report.taskId)
        })
        return { outcomes }
      }),
      logs: known.input(logChunkSchema).mutation(({ input }) => {
        fake.logs.push(input)
        return null
      }),
      goodbye: known.input(z.strictObject({ sessionId: z.string() })).mutation(({ input }) => {
        fake.goodbyes.push(input.sessionId)
        return null
      }),
      commands: known.input(z.strictObject({ sessionId: z.string() })).subscription(async function* ({ signal }) {
        const arriving = on(pushes, 'command', signal ? { signal } : {})
        yield { kind: 'desired', generation, whole: true, assignments: fake.desired, released: [] } satisfies Command
        for await (const [command] of arriving) yield command as Command
      }),
    }),
  })

  const handleHttp = createHTTPHandler({ router, basePath: '/trpc/', createContext: () => ({ nodeId: null }) })
  const server = createServer(handleHttp)
  const wss = new WebSocketServer({ noServer: true })
  applyWSSHandler({
    wss,
    router,
    createContext: ({ info }) => {
      const { nodeId, secret } = info.connectionParams ?? {}
      if (secret !== secretOfNodes) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'unknown credential' })
      return { nodeId: nodeId ?? null }
    },
  })
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    wss.handleUpgrade(request, socket, head, (client) => wss.emit('connection', client, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0

  const fake: FakeController = {
    url: `http://127.0.0.1:${port}`,
    joinToken: 'token-of-this-test',
    registers: [],
    beats: [],
    reports: [],
    logs: [],
    goodbyes: [],
    desired: [],
    answer: () => 'applied',
    timings: { beatIntervalMs: 200, replyTimeoutMs: 10_000, exclusiveStopAfterMs: 15_000 },
    push: (command) => {
      pushes.emit('command', command)
    },
    assign: (...assignments) => {
      const keys = new Set(assignments.map(({ taskId }) => taskId))
      fake.desired = [...fake.desired.filter(({ taskId }) => !keys.has(taskId)), ...assignments]
      fake.push({ kind: 'desired', generation: ++generation, whole: false, assignments, released: [] })
    },
    ended: (taskId) => {
      for (const report of fake.reports) if (report.kind === 'ended' && report.taskId === taskId) return report
      return undefined
    },
    cutAll: () => {
      for (const client of wss.clients) client.terminate()
    },
    close: async () => {
      for (const client of wss.clients) client.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return fake
}
