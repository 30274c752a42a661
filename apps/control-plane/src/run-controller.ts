import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { createRateLimits } from '@quarterdeck/api'
import { type ControlPlane, createControlPlane } from '@quarterdeck/control-plane'
import { incarnationSchema } from '@quarterdeck/domain'
import { type Platform, sleep } from '@quarterdeck/platform'
import { nodePlatform } from '@quarterdeck/platform/node'
import { redisStore } from '@quarterdeck/store-redis'
import { bind } from './bind.ts'
import { callWebhook } from './call-webhook.ts'
import { controllerEnv } from './controller-env.ts'
import { createHttp } from './http/create-http.ts'
import { loadDashboard } from './http/dashboard-files.ts'
import type { Phase } from './http/health-routes.ts'
import type { CookieNaming } from './http/session-cookie.ts'
import { nodeCrypto } from './node-crypto.ts'
import { createPasswordHasher } from './password-hasher.ts'
import { createPeerLogs } from './peer-logs.ts'
import { readSettings, type Settings } from './settings.ts'
import { createAgentSockets } from './sockets/agent-sockets.ts'
import { createClientSockets } from './sockets/client-sockets.ts'
import { routeUpgrades } from './sockets/upgrades.ts'
import { writeStarterFile } from './starter-file.ts'
import { version } from './version.ts'
import { atMost, eventually } from './waiting.ts'

export type RunningController = {
  readonly id: string
  readonly url: string
  readonly port: number
  /** Opens the page that makes the first admin; null when there is a user, or another controller has made a link. Told to nobody else. */
  readonly setupLink: string | null
  /** Hands everything over, then closes. Takes at most a few seconds. */
  stop(): Promise<void>
}

/** Of the five seconds that a stop may take. */
const STOP_WAIT_MS = 3_000
const AGENTS_GONE_WAIT_MS = 1_000
const STORE_RETRY_MS = 500

/** Starts one controller. Rejects with a `SettingError` when it was told something that cannot be done. */
export async function runController(env: Readonly<Record<string, string | undefined>>): Promise<RunningController> {
  const settings = readSettings(env, { controllerId: defaultControllerId(env) })
  const base = nodePlatform({ logLevel: settings.logLevel, component: 'controller' })
  const platform = { ...base, log: base.log.with({ controllerId: settings.controllerId }) }
  const bound = await bind(settings, platform.log)
  const store = redisStore({
    url: settings.redisUrl,
    cluster: settings.cluster,
    platform,
    acceptDataLoss: settings.acceptsDataLoss,
  })
  const plane = createControlPlane({
    platform,
    store,
    timings: settings.timings,
    identity: {
      id: settings.controllerId,
      incarnation: incarnationSchema.parse(platform.ids.next()),
      url: bound.url,
      version,
      nodeId: settings.nodeId,
    },
    options: {
      crypto: nodeCrypto,
      callWebhook,
      hasher: createPasswordHasher(),
      peerLogs: createPeerLogs({ id: settings.controllerId, platform, access: () => plane.controlPlane.access }),
      controllerEnvForNode: (nodeId) => controllerEnv(settings, nodeId),
      memoryBytes: () => process.memoryUsage.rss(),
    },
  })
  const { controlPlane } = plane
  const rates = createRateLimits(platform.clock, {
    submit: { perSecond: settings.submitsPerSecond, burst: settings.submitsPerSecond * 5 },
    join: { perSecond: settings.joinsPerMinute / 60, burst: settings.joinsPerMinute },
  })
  const cookie: CookieNaming = { port: bound.port, isTls: settings.tls !== null }
  let phase: Phase = 'starting'
  // Before the cluster was read, even "is there a user" would be answered wrongly.
  const closedBecause = () => (phase === 'running' ? null : `This controller is ${phase}; use another one.`)

  const agentSockets = createAgentSockets({ controlPlane, platform, rates })
  const clientSockets = createClientSockets({ controlPlane, platform, rates, cookie })
  const app = await createHttp({
    bound,
    controlPlane,
    platform,
    rates,
    cookie,
    closedBecause,
    dashboard: loadDashboard(settings.dashboardDir ?? beside('../../dashboard/out')),
    agentBundles: settings.agentBundle
      ? [settings.agentBundle]
      : [beside('./qd-agent.mjs'), beside('../../agent/dist/qd-agent.mjs')],
    health: {
      phase: () => phase,
      sockets: () => ({ agent: agentSockets.count(), client: clientSockets.count() }),
    },
  })
  routeUpgrades(bound.server, [agentSockets.kind, clientSockets.kind], bound.url, closedBecause)

  await plane.start()
  const setupToken = await issueSetupToken(controlPlane, settings, platform)
  if (settings.starterFile) await writeStarterFile(settings.starterFile, controlPlane, setupToken)
  phase = 'running'
  platform.log.info('controller started', { url: bound.url, version })

  return {
    id: settings.controllerId,
    url: bound.url,
    port: bound.port,
    setupLink: setupToken ? `${bound.url}/setup#${setupToken}` : null,
    async stop() {
      if (phase === 'ending') return
      phase = 'ending'
      platform.log.info('controller stops')
      clientSockets.askToReconnect()
      await atMost(platform.timers, STOP_WAIT_MS, plane.stop())
      await eventually(platform.timers, AGENTS_GONE_WAIT_MS, () => agentSockets.count() === 0)
      agentSockets.close()
      clientSockets.close()
      bound.server.closeAllConnections()
      await app.close()
      await store.close()
    },
  }
}

/**
 * A link that this controller's starter asked for replaces one that a peer made a moment earlier. A store that is away just now is waited
 * for, as everywhere at the start.
 */
async function issueSetupToken(
  { access }: ControlPlane,
  { starterFile }: Settings,
  { timers }: Pick<Platform, 'timers'>,
): Promise<string | null> {
  for (;;) {
    const outcome = await access.issueSetupToken({ replace: starterFile !== null })
    if (outcome.ok) return outcome.value
    if (outcome.error.code !== 'unavailable' && outcome.error.code !== 'outcome_unknown')
      throw new Error(outcome.error.message)
    await sleep(timers, STORE_RETRY_MS)
  }
}

/** `QD_CONTROLLER_ID` or a name that tells machines apart. */
function defaultControllerId({ QD_NODE_ID: nodeId }: Readonly<Record<string, string | undefined>>): string {
  const machine = (nodeId || hostname())
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[^a-z0-9]+/, '')
  return `controller-${machine}`.slice(0, 63)
}

function beside(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url))
}
