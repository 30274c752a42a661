import { type AttemptHost, attemptKey } from '@quarterdeck/agent'
import type { NodeId } from '@quarterdeck/domain'
import type { Fence } from '@quarterdeck/domain/wire'
import type { Recorder } from '../history/recorder.ts'
import type { SimProcess } from '../world/sim-process.ts'

/** The pipe between an agent and its keeper: nothing passes once either is dead. Records which leaders' orders the keeper obeys. */
export function watchOrders(
  host: AttemptHost,
  { nodeId, agent, keeper, recorder }: { nodeId: NodeId; agent: SimProcess; keeper: SimProcess; recorder: Recorder },
): AttemptHost {
  const stateOf = (key: string) => host.held().find((held) => attemptKey(held) === key)?.state
  const obeyed = ({ epoch, nonce }: Fence) => recorder.add({ kind: 'order-obeyed', nodeId, fence: { epoch, nonce } })
  const pass = (act: () => void) => {
    if (keeper.isAlive) act()
  }

  return {
    held: () => host.held(),
    fences: () => host.fences(),
    abilities: () => host.abilities(),
    run: (assignment) =>
      pass(() => {
        const before = stateOf(attemptKey(assignment))
        host.run(assignment)
        if (before === undefined && stateOf(attemptKey(assignment)) === 'accepted') obeyed(assignment.fence)
      }),
    stop: (order) =>
      pass(() => {
        const before = stateOf(attemptKey(order.ref))
        host.stop(order)
        if (order.fence && before === 'running' && stateOf(attemptKey(order.ref)) === 'stopping') obeyed(order.fence)
      }),
    settle: (refs) => pass(() => host.settle(refs)),
    confirm: (confirmation) => pass(() => host.confirm(confirmation)),
    setRole: (order) => pass(() => host.setRole(order)),
    observe: (listener) => host.observe((report) => agent.deliver(() => listener(report))),
  }
}
