import type { Node } from '@quarterdeck/domain'
import type { Filter } from '../filter.ts'
import type { Request } from '../request.ts'

/** The node's agent can run this kind of task, and has the handler that it names. */
export const driver: Filter = {
  name: 'driver',
  summary: 'The node runs tasks of this driver and offers the handler',

  reach: () => 'class',

  reject: (request, { node }) => missing(request, node)?.label ?? null,

  explain: (request, { node }) => `${node.id} ${missing(request, node)?.sentence ?? 'can run it'}`,

  effort: () => 1.5,

  remedy: (request, { node }) => `${missing(request, node)?.wanted ?? 'nothing'} on ${node.id}`,
}

function missing({ spec }: Request, { facts }: Node): { label: string; sentence: string; wanted: string } | null {
  if (!facts.drivers.includes(spec.driver)) {
    return {
      label: `no ${spec.driver} driver`,
      sentence: `has no ${spec.driver} driver`,
      wanted: `the ${spec.driver} driver`,
    }
  }
  const handler = spec.handler?.name
  if (handler === undefined || facts.handlers.includes(handler)) return null
  const offered = facts.handlers.length > 0 ? facts.handlers.slice(0, 5).join(', ') : 'none'
  return {
    label: `no handler ${handler}`,
    sentence: `offers no handler "${handler}" (offers: ${offered})`,
    wanted: `a worker with the handler "${handler}"`,
  }
}
