import path from 'node:path'
import { incarnationSchema } from '@quarterdeck/domain'
import { type Platform, sleep } from '@quarterdeck/platform'
import { LinkRefusal } from '../link.ts'
import { Agent } from '../session/agent.ts'
import { reconnectDelayMs } from '../session/reconnect-delay.ts'
import type { AgentSettings } from './agent-settings.ts'
import { BatchChannel } from './batch-channel.ts'
import { type Identity, join, loadIdentity, saveIdentity } from './identity.ts'
import { exitRefused } from './keeper.ts'
import type { FromKeeper, ToKeeper } from './keeper-messages.ts'
import { logFileReader } from './log-files.ts'
import { machineFacts } from './machine-facts.ts'
import { machineProbes } from './machine-probes.ts'
import { RemoteHost } from './remote-host.ts'
import { dialTrpc } from './trpc-link.ts'

const deliverWaitMs = 8_000
const deliverLookMs = 50

/**
 * The process that speaks to the cluster, as a child of the keeper. It may be killed or replaced at any moment; the next one takes over
 * where it was.
 *
 * @returns the exit code of the program
 */
export async function runAgentProcess({
  settings,
  platform,
}: {
  readonly settings: AgentSettings
  readonly platform: Platform
}): Promise<number> {
  const keeper = connectToKeeper()
  await keeper.hello

  let identity: Identity | null
  try {
    identity = await becomeMember(settings, platform, keeper.ending)
  } catch (cause) {
    if (!(cause instanceof LinkRefusal)) throw cause
    platform.log.error('The cluster refused this node', { because: cause.message })
    return exitRefused
  }
  if (!identity) return 0
  const { nodeId, secret } = identity
  keeper.send({ kind: 'hello', nodeId })

  const startedAtMs = platform.clock.unixMs()
  const agent = new Agent({
    platform,
    host: keeper.host,
    probes: machineProbes(platform, settings.dataFolder),
    logReader: logFileReader(path.join(settings.dataFolder, 'logs')),
    controllers: [...new Set([...settings.controllers, ...identity.controllers])],
    saveControllers: (controllers) => {
      saveIdentity(settings.dataFolder, { nodeId, secret, controllers: [...controllers] }).catch((cause: unknown) =>
        platform.log.warn('The addresses of the controllers could not be stored', { because: String(cause) }),
      )
    },
    dial: (url) => dialTrpc({ url, nodeId, secret, log: platform.log }),
    node: {
      incarnation: incarnationSchema.parse(platform.ids.next('agent')),
      zone: settings.zone,
      region: settings.region,
      labels: settings.labels,
      ...(settings.pool === null ? {} : { pool: settings.pool }),
      capacity: settings.capacity,
      facts: machineFacts(startedAtMs, settings.allowController && settings.controllerEntry !== null),
    },
  })
  agent.start()

  const goodbye = (await keeper.ending) === 'leave'
  if (goodbye) await delivered(agent, platform)
  await agent.stop({ goodbye })
  return 0
}

type KeeperConnection = {
  readonly host: RemoteHost
  readonly send: (message: ToKeeper) => void
  /** Settles when the keeper has told what it holds. */
  readonly hello: Promise<void>
  /** `leave`: the node leaves the cluster. `restart`: only this process ends. */
  readonly ending: Promise<'leave' | 'restart'>
}

function connectToKeeper(): KeeperConnection {
  if (!process.send) throw new Error('the sub-command "session" is started by the keeper; use "run"')
  let onHello: () => void = () => {}
  let onEnding: (why: 'leave' | 'restart') => void = () => {}
  const hello = new Promise<void>((resolve) => {
    onHello = resolve
  })
  const ending = new Promise<'leave' | 'restart'>((resolve) => {
    onEnding = resolve
  })
  const host = new RemoteHost((message) => channel.send(message))
  const channel = new BatchChannel<ToKeeper, FromKeeper>(process, (message) => {
    host.take(message)
    if (message.kind === 'hello') onHello()
    if (message.kind === 'leave') onEnding('leave')
  })
  process.once('SIGTERM', () => onEnding('restart'))
  // Without a keeper there is nothing to speak for: the next keeper starts the next agent.
  process.once('disconnect', () => process.exit(1))
  return { host, hello, ending, send: (message) => channel.send(message) }
}

/** The stored identity, or a new one for the join token. Null when the process shall end before that came about. */
async function becomeMember(
  settings: AgentSettings,
  platform: Platform,
  ending: Promise<unknown>,
): Promise<Identity | null> {
  const stored = loadIdentity(settings.dataFolder)
  if (stored) return stored
  if (!settings.joinToken)
    throw new LinkRefusal('bad_token', 'QD_JOIN_TOKEN is not set, and this node has not joined a cluster yet.')

  let isEnding = false
  void ending.then(() => {
    isEnding = true
  })
  for (let failures = 1; !isEnding; failures++) {
    try {
      const identity = await join(settings.controllers, settings.joinToken, settings.nodeName)
      await saveIdentity(settings.dataFolder, identity)
      return identity
    } catch (cause) {
      if (cause instanceof LinkRefusal) throw cause
      platform.log.warn('Could not join yet', { because: String(cause) })
      await Promise.race([
        ending,
        sleep(platform.timers, reconnectDelayMs(failures, Number.POSITIVE_INFINITY, platform.random)),
      ])
    }
  }
  return null
}

/** Waits until the cluster has every report, or no longer than is polite. */
async function delivered(agent: Agent, { clock, timers }: Platform): Promise<void> {
  const untilMs = clock.monotonicMs() + deliverWaitMs
  while (agent.reportsWaiting() > 0 && clock.monotonicMs() < untilMs) await sleep(timers, deliverLookMs)
}
