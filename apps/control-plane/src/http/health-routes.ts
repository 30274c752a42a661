import type { ControlPlane } from '@quarterdeck/control-plane'
import type { FastifyInstance } from 'fastify'
import { metricsText, type ProcessVitals } from './metrics-text.ts'

/** Life of a controller. Only a running one wants traffic. */
export type Phase = 'starting' | 'running' | 'ending'

export type HealthParts = {
  readonly controlPlane: ControlPlane
  readonly phase: () => Phase
  readonly sockets: () => ProcessVitals['sockets']
}

/** For load balancers, process supervisors and Prometheus. None needs a sign-in, none names a node or a task. */
export function healthRoutes(app: FastifyInstance, { controlPlane, phase, sockets }: HealthParts): void {
  app.get('/healthz', (_request, reply) => reply.header('cache-control', 'no-store').send({ ok: true }))

  app.get('/readyz', (_request, reply) => {
    const { ready, because } =
      phase() === 'running' ? controlPlane.vitals.ready() : { ready: false, because: `this controller is ${phase()}` }
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready, because })
  })

  app.get('/metrics', (_request, reply) => {
    const { user, system } = process.cpuUsage()
    const own: ProcessVitals = {
      memoryBytesResident: process.memoryUsage.rss(),
      cpuSeconds: (user + system) / 1_000_000,
      uptimeSeconds: process.uptime(),
      sockets: sockets(),
    }
    return reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(metricsText(controlPlane.vitals.metrics(), own))
  })
}
