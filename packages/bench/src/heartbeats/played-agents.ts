import { dialTrpc } from '@quarterdeck/agent/node'
import { incarnationSchema, type LoadSample, unixMsSchema } from '@quarterdeck/domain'
import { desiredDigest, type RegisterRequest } from '@quarterdeck/domain/wire'
import type { Credential } from './plant-credentials.ts'

/** An agent as far as a controller can tell: the product's own link on a real WebSocket, with no work behind it. */
export type PlayedAgent = { beat(): Promise<unknown> }

type Fleet = { readonly url: string; readonly credentials: readonly Credential[] }

/** How many register at once: a fleet that starts, not a storm. */
const AT_ONCE = 50
const passing = new Set(['rate_limited', 'overloaded', 'unavailable'])
const silent = { debug() {}, info() {}, warn() {}, error() {}, with: () => silent }

export async function connectAgents({ url, credentials }: Fleet): Promise<PlayedAgent[]> {
  const agents: PlayedAgent[] = []
  for (let from = 0; from < credentials.length; from += AT_ONCE) {
    const next = credentials.slice(from, from + AT_ONCE)
    agents.push(...(await Promise.all(next.map((credential, index) => connect(url, credential, from + index)))))
  }
  return agents
}

async function connect(url: string, { nodeId, secret }: Credential, index: number): Promise<PlayedAgent> {
  const link = await dialTrpc({ url, nodeId, secret, log: silent })
  const { sessionId } = await patiently(() => link.register(registration(index)))
  link.commands(sessionId, { onCommand() {}, onEnd() {} })
  const digest = desiredDigest([])
  let seq = 0
  return { beat: () => link.beat({ sessionId, seq: seq++, digest, load: sample(index, seq) }) }
}

/** Waits as long as it is told to, as an agent does: a fleet that comes at once is slowed down. */
async function patiently<Reply>(call: () => Promise<Reply>): Promise<Reply> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const { code = '', retryAfterMs } = error as { readonly code?: string; readonly retryAfterMs?: number | null }
      if (!passing.has(code)) throw error
      await new Promise((resolve) => setTimeout(resolve, (retryAfterMs ?? 100) * (0.5 + Math.random())))
    }
  }
}

function registration(index: number): RegisterRequest {
  const nowMs = unixMsSchema.parse(Date.now())
  return {
    wire: 1,
    incarnation: incarnationSchema.parse(`played-${index}-${process.pid}`),
    fences: [],
    zone: `zone-${index % 5}`,
    region: 'bench',
    labels: { rack: `r${index % 40}` },
    capacity: { cpuMillis: 8_000, memoryBytes: 32 * 2 ** 30, taskSlots: 64 },
    facts: {
      hostname: `played-${index}`,
      os: 'bench',
      arch: 'x64',
      cpuModel: 'bench',
      cpuCount: 8,
      agentVersion: '0.1.0',
      nodeVersion: process.versions.node,
      pid: process.pid,
      bootId: 'bench',
      startedAtMs: nowMs,
      addresses: ['127.0.0.1'],
      isolation: 'none',
      drivers: ['exec'],
      handlers: [],
      canHostController: false,
    },
    held: [],
  }
}

/** Moves from beat to beat, as measured load does. */
function sample(index: number, seq: number): LoadSample {
  const wave = 0.5 + Math.sin(index + seq / 10) / 4
  return {
    cpuShare: wave,
    memoryBytesUsed: wave * 32 * 2 ** 30,
    memoryBytesTotal: 32 * 2 ** 30,
    diskBytesUsed: 100 * 2 ** 30,
    diskBytesTotal: 500 * 2 ** 30,
    diskReadBytesPerSecond: wave * 1e6,
    diskWriteBytesPerSecond: wave * 2e6,
    networkReceivedBytesPerSecond: wave * 3e6,
    networkSentBytesPerSecond: wave * 4e6,
    loadAverage: [wave * 8, wave * 7, wave * 6],
    tasksRunning: 0,
    eventLoopLagMs: 1,
  }
}
