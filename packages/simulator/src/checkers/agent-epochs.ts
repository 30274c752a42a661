import type { LeaseFence } from '@quarterdeck/store'
import type { Checker } from './checker.ts'

/** I2. Also: one epoch never comes with two nonces, which a failover that lost the lease's last write could cause. */
export const agentEpochs: Checker = {
  name: 'I2',
  claim: 'The epochs that one agent obeys never go down',

  check(history) {
    const highest = new Map<string, LeaseFence>()
    const violations: string[] = []
    for (const event of history) {
      if (event.kind !== 'order-obeyed') continue
      const { nodeId, fence } = event
      const before = highest.get(nodeId)
      if (before && fence.epoch < before.epoch) {
        violations.push(`${nodeId} obeyed epoch ${fence.epoch} after ${before.epoch}`)
      } else if (before && fence.epoch === before.epoch && fence.nonce !== before.nonce) {
        violations.push(`${nodeId} obeyed two leaders of epoch ${fence.epoch}`)
      } else {
        highest.set(nodeId, fence)
      }
    }
    return violations
  },
}
