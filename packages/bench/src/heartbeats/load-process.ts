import type { FromLoad, ToLoad } from './load-messages.ts'
import { connectAgents, type PlayedAgent } from './played-agents.ts'

/** A process of its own, so that playing agents does not take the time of what is measured. */
const TICK_MS = 5
/** Latencies that are kept per run; beyond it only each so many-th. */
const LATENCIES_MAX = 100_000

const agents: PlayedAgent[] = []

process.on('message', (message: ToLoad) => {
  obey(message).catch((error: unknown) => say({ kind: 'failed', because: String(error) }))
})
// Ends with the bench, however that ends.
process.once('disconnect', () => process.exit(0))

async function obey(message: ToLoad): Promise<void> {
  if (message.kind === 'connect') {
    agents.push(...(await connectAgents(message)))
    say({ kind: 'connected', count: agents.length })
  } else say(await beat(message))
}

/** Sends at a fixed rate whatever the answers do: a server that is slow gets no easier load for it. */
async function beat({ perSecond, seconds }: Extract<ToLoad, { kind: 'beat' }>): Promise<FromLoad> {
  const latenciesMs: number[] = []
  const keepEach = Math.max(1, Math.ceil((perSecond * seconds) / LATENCIES_MAX))
  let sent = 0
  let answered = 0
  const startedAt = performance.now()

  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsedMs = performance.now() - startedAt
      const due = Math.min(perSecond * seconds, Math.floor((elapsedMs / 1_000) * perSecond))
      while (sent < due) sendOne(sent++)
      if (sent >= perSecond * seconds) {
        clearInterval(timer)
        resolve()
      }
    }, TICK_MS)
  })
  const tookMs = performance.now() - startedAt
  const untilMs = performance.now() + 5_000
  while (answered < sent && performance.now() < untilMs) await new Promise((resolve) => setTimeout(resolve, 20))
  return { kind: 'beaten', sent, answered, seconds: tookMs / 1_000, latenciesMs }

  function sendOne(index: number): void {
    const sentAt = performance.now()
    agents[index % agents.length]?.beat().then(
      () => {
        answered++
        if (index % keepEach === 0) latenciesMs.push(performance.now() - sentAt)
      },
      () => {},
    )
  }
}

function say(message: FromLoad): void {
  process.send?.(message)
}
