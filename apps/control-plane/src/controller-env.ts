import type { NodeId } from '@quarterdeck/domain'
import { isLoopback } from './network-address.ts'
import type { Settings } from './settings.ts'

/**
 * What a controller that is started on a promoted node needs: the same cluster, store and timings as here, its own name, and as much
 * reach as this one has. It travels to the agent over its authenticated socket, because the address of the store may hold a password.
 */
export function controllerEnv(settings: Settings, nodeId: NodeId): Record<string, string> {
  const isLocal = isLoopback(settings.host)
  return {
    QD_CONTROLLER_ID: `controller-${nodeId}`.slice(0, 63),
    QD_NODE_ID: nodeId,
    QD_CLUSTER: settings.cluster,
    QD_REDIS_URL: settings.redisUrl,
    QD_INSECURE_REDIS: 'true',
    QD_TIMINGS: JSON.stringify(settings.timings),
    QD_LOG_LEVEL: settings.logLevel,
    QD_ACCEPT_DATA_LOSS: String(settings.acceptsDataLoss),
    QD_HOST: isLocal ? '127.0.0.1' : '0.0.0.0',
    // With TLS here, a controller without it there would be a step down: it then says what it lacks instead of starting.
    ...(isLocal || settings.tls ? {} : { QD_INSECURE_BIND: 'true' }),
  }
}
