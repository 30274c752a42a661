import type { ControllerView, CordonSuggestion, NodeRow, Operation } from '@quarterdeck/domain'
import { plural } from '../format/amount.ts'

/** Something that may need a person, with one suggested act. */
export type Attention = {
  readonly key: string
  readonly isError: boolean
  readonly text: string
  readonly sinceMs: number
  readonly href: string
  readonly act: string
}

type Seen = {
  readonly nodes: Iterable<NodeRow>
  readonly controllers: Iterable<ControllerView>
  readonly operations: Iterable<Operation>
  readonly unknownTasks: number
  readonly cordonSuggestions: readonly CordonSuggestion[]
  readonly nowMs: number
}

const BEHIND_WORTH_SAYING_MS = 2_000

/** What is wrong now, worst first, then oldest first. Nodes of one zone that share a trouble are one line. */
export function needsAttention(seen: Seen): readonly Attention[] {
  const { nodes, controllers, operations, unknownTasks, cordonSuggestions, nowMs } = seen
  const found: Attention[] = []
  const troubled = [...nodes].filter(
    (node) => node.status === 'down' || node.status === 'suspect' || node.status === 'unknown',
  )
  for (const [status, ofStatus] of Map.groupBy(troubled, (node) => node.status)) {
    for (const [zone, group] of Map.groupBy(ofStatus, (node) => node.zone)) found.push(nodeTrouble(status, zone, group))
  }
  for (const controller of controllers) {
    if (controller.role === 'down') {
      found.push({
        key: `controller ${controller.id}`,
        isError: true,
        text: `Controller ${controller.id} is down`,
        sinceMs: controller.sinceMs,
        href: '/control',
        act: 'Open control plane',
      })
    } else if (controller.behindMs !== null && controller.behindMs > BEHIND_WORTH_SAYING_MS) {
      found.push({
        key: `behind ${controller.id}`,
        isError: false,
        text: `Controller ${controller.id} is behind the store`,
        sinceMs: nowMs - controller.behindMs,
        href: '/control',
        act: 'Open control plane',
      })
    }
  }
  for (const operation of operations) {
    const blocked = operation.state === 'running' ? operation.progress.flatMap((each) => each.blockedBy) : []
    if (blocked[0])
      found.push({
        key: `operation ${operation.id}`,
        isError: false,
        text: `A ${operation.kind} waits: ${blocked[0]}`,
        sinceMs: operation.startedAtMs,
        href: `/operation?id=${operation.id}`,
        act: 'Open operation',
      })
  }
  for (const { nodeId, sentence, sinceMs } of cordonSuggestions) {
    found.push({
      key: `cordon ${nodeId}`,
      isError: false,
      text: sentence,
      sinceMs,
      href: `/node?id=${nodeId}`,
      act: 'Look at it',
    })
  }
  if (unknownTasks > 0) {
    found.push({
      key: 'unknown tasks',
      isError: false,
      text: `${plural(unknownTasks, 'task')}: nobody knows whether ${unknownTasks === 1 ? 'it still runs' : 'they still run'}`,
      sinceMs: nowMs,
      href: '/tasks?q=state:unknown',
      act: 'Show them',
    })
  }
  return found.sort((a, b) => Number(b.isError) - Number(a.isError) || a.sinceMs - b.sinceMs)
}

function nodeTrouble(status: NodeRow['status'], zone: string, group: readonly NodeRow[]): Attention {
  const only = group.length === 1 ? group[0] : undefined
  const sinceMs = Math.min(...group.map((node) => node.healthSinceMs))
  return {
    key: `${status} ${zone}`,
    isError: status === 'down',
    text: only ? `${only.id} is ${status}` : `${plural(group.length, 'node')} ${status} in ${zone}`,
    sinceMs,
    href: only ? `/node?id=${only.id}` : `/nodes?q=${encodeURIComponent(`status:${status} zone:${zone}`)}`,
    act: only ? 'Open node' : 'Show nodes',
  }
}
