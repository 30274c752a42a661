import type { ControlPlane } from '@quarterdeck/control-plane'
import { type Me, nodeIdSchema, ok } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import type { Context } from '../context.ts'
import type { Principal } from '../identity.ts'
import type { CallerKind } from '../matrix.ts'
import { createRateLimits } from '../rate-limits.ts'

const me: Me = { id: 'ana', role: 'admin', kind: 'user' }

/** Stands where the control plane is and notes which services a call reached; answers whatever keeps the routers going. */
export function recordingControlPlane(): { readonly controlPlane: ControlPlane; readonly reached: string[] } {
  const reached: string[] = []
  const answer = {
    ...ok({
      me,
      sessionSecret: 'secret',
      sessionId: 's1',
      expiresAtMs: 1,
      value: { spec: {}, task: {}, definition: { steps: [], task: {} } },
    }),
    async *[Symbol.asyncIterator]() {},
  }
  const service = (name: string) =>
    new Proxy(
      {},
      {
        get: (_, method) => () => {
          reached.push(`${name}.${String(method)}`)
          return answer
        },
      },
    )
  const controlPlane = new Proxy({ id: 'c1' }, { get: (own, name) => (name === 'id' ? own.id : service(String(name))) })
  return { controlPlane: controlPlane as unknown as ControlPlane, reached }
}

export function contextOf(controlPlane: ControlPlane, caller: CallerKind, more: Partial<Context> = {}): Context {
  const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
  return {
    controlPlane,
    platform,
    identity: { current: async () => principalOf(caller) },
    rates: createRateLimits(platform.clock),
    address: '127.0.0.1',
    userAgent: 'test',
    requestId: 'req-1',
    door: { open: () => {}, close: () => {} },
    bytesBuffered: () => 0,
    ...more,
  }
}

function principalOf(caller: CallerKind): Principal {
  switch (caller) {
    case 'nobody':
    case 'expired':
      return { kind: 'nobody' }
    case 'agent':
      return {
        kind: 'agent',
        nodeId: nodeIdSchema.parse('web-3'),
        link: { sessionId: null, saidGoodbye: false, hasEnded: false },
      }
    default:
      return { kind: 'member', me: { id: caller, role: caller, kind: 'user' }, sessionSecret: 'secret' }
  }
}
