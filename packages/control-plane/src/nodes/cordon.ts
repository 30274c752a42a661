import { nodeCan } from '@quarterdeck/domain'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { byWhom, type NodeAct, remarkBy } from './node-act.ts'

/** No new work; what runs goes on. */
export function cordonAct(core: Core, reason: string, caller: Caller): NodeAct {
  return {
    action: 'nodes.cordon',
    refuse: nodeCan.cordon,
    change: (node) => ({
      ...node,
      scheduling: 'cordoned',
      schedulingSinceMs: core.platform.clock.unixMs(),
      remark: remarkBy(core, caller, reason),
    }),
    event: (node) => ({
      type: 'node.cordoned',
      severity: 'notice',
      text: `${node.id} cordoned${byWhom(caller, reason)}`,
    }),
  }
}

/** Takes work again. Also the operator's word that a quarantined identity is used by one machine only. */
export function uncordonAct(core: Core, reason: string, caller: Caller): NodeAct {
  return {
    action: 'nodes.uncordon',
    refuse: nodeCan.uncordon,
    change: (node) => ({
      ...node,
      scheduling: 'open',
      schedulingSinceMs: core.platform.clock.unixMs(),
      remark: reason ? remarkBy(core, caller, reason) : null,
      drain: null,
      quarantined: null,
    }),
    event: (node) => ({
      type: 'node.uncordoned',
      severity: 'notice',
      text: `${node.id} takes work again, uncordoned${byWhom(caller, reason)}`,
    }),
  }
}
