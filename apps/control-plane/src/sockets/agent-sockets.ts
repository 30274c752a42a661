import { type AgentLink, createIdentity, type Principal, type RateLimits, refused } from '@quarterdeck/api'
import type { ControlPlane } from '@quarterdeck/control-plane'
import { clusterError, limits } from '@quarterdeck/domain'
import type { Platform } from '@quarterdeck/platform'
import { beatShortcut } from './beat-shortcut.ts'
import { reportShortcut } from './report-shortcut.ts'
import { createTrpcSockets, type TrpcSockets } from './trpc-sockets.ts'

export type AgentSocketsParts = {
  readonly controlPlane: ControlPlane
  readonly platform: Platform
  readonly rates: RateLimits
}

/** `/agent`: one socket per node, opened with the node's id and secret. Its end is told to the control plane in the same turn. */
export function createAgentSockets({ controlPlane, platform, rates }: AgentSocketsParts): TrpcSockets {
  const { agents } = controlPlane
  return createTrpcSockets({
    path: '/agent',
    isForPages: false,
    platform,
    messageBytesMax: limits.agentMessageBytesMax,
    bufferBytesMax: limits.agentBufferBytesMax,
    async contextOf({ socket, connectionParams: { nodeId = '', secret = '' } }) {
      const link: AgentLink = { sessionId: null, saidGoodbye: false, hasEnded: false }
      socket.once('close', () => {
        link.hasEnded = true
      })
      const known = await agents.authenticate({ nodeId, secret })
      if (!known) {
        throw refused(
          clusterError(
            'bad_credentials',
            `The credential of node ${JSON.stringify(nodeId.slice(0, 63))} is not accepted: it is unknown or revoked.`,
            {
              remedy: 'Join again with a new join token.',
            },
          ),
        )
      }
      socket.once('close', () => {
        if (link.sessionId !== null && !link.saidGoodbye) agents.closed(known, link.sessionId, false)
      })
      let isFirst = true
      const identity = createIdentity(platform.clock, async (): Promise<Principal> => {
        // The check above is the first answer; later ones notice a credential that was revoked meanwhile.
        const holds = isFirst || (await agents.authenticate({ nodeId, secret })) !== null
        isFirst = false
        if (holds) return { kind: 'agent', nodeId: known, link }
        socket.close(4003, 'the credential of this node was revoked')
        return { kind: 'nobody' }
      })
      const onBeat = beatShortcut((beat) => {
        // Between beats an agent may say nothing for hours, so they have to ask. An answer that cannot be had changes nothing.
        identity.current().catch(() => {})
        return agents.beat(known, beat)
      })
      const onReports = reportShortcut(async ({ sessionId, reports }) => {
        const principal = await identity.current()
        return principal.kind === 'agent' ? await agents.report(principal.nodeId, sessionId, reports) : null
      })
      socket.shortcuts.set('agents.beat', onBeat)
      socket.shortcuts.set('agents.report', (text) => onReports(text))
      return { controlPlane, rates, identity }
    },
  })
}
