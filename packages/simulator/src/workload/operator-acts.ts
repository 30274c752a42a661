import type { ControlPlane } from '@quarterdeck/control-plane'
import { drainOptionsSchema, type NodeId, type Outcome, type TaskId } from '@quarterdeck/domain'
import type { Random } from '@quarterdeck/platform'
import type { Cluster } from '../cluster/cluster.ts'
import { chance, pick } from '../world/random-streams.ts'
import type { Client } from './client.ts'

/** Something that an operator does now and then. Null when there is nothing to do it to. */
export type OperatorAct = {
  readonly name: string
  draw(around: Around): ((controlPlane: ControlPlane) => Promise<Outcome<unknown>>) | null
}

export type Around = {
  readonly cluster: Cluster
  readonly client: Client
  readonly random: Random
  readonly taskIds: readonly TaskId[]
}

const reason = 'simulated'

function anyNode({ cluster, random }: Around): NodeId | undefined {
  return pick(random, cluster.machines)?.nodeId
}

const cancel: OperatorAct = {
  name: 'cancel',
  draw({ random, taskIds, client }) {
    const id = pick(random, taskIds.slice(-20))
    return id ? (controlPlane) => controlPlane.tasks.cancel({ id, reason }, client.caller) : null
  },
}

const rerun: OperatorAct = {
  name: 'rerun',
  draw({ random, taskIds, client }) {
    const id = pick(random, taskIds)
    return id ? (controlPlane) => controlPlane.tasks.rerun({ id }, client.caller) : null
  },
}

const cordon: OperatorAct = {
  name: 'cordon',
  draw(around) {
    const id = anyNode(around)
    return id ? (controlPlane) => controlPlane.nodes.cordon({ ids: [id], reason }, around.client.caller) : null
  },
}

const uncordon: OperatorAct = {
  name: 'uncordon',
  draw(around) {
    const id = anyNode(around)
    return id ? (controlPlane) => controlPlane.nodes.uncordon({ ids: [id], reason }, around.client.caller) : null
  },
}

const drain: OperatorAct = {
  name: 'drain',
  draw(around) {
    const id = anyNode(around)
    if (!id) return null
    const { random, client } = around
    const options = drainOptionsSchema.parse({
      mode: pick(random, ['wait', 'no-deadline', 'now']),
      deadlineMs: 1_000 + random.nextInt(5_000),
      afterDeadline: pick(random, ['keep', 'force']),
      whenEmpty: pick(random, ['stay-drained', 'uncordon']),
    })
    const isPlanned = chance(random, 0.5)
    return async ({ nodes }) => {
      if (!isPlanned) return await nodes.drain({ ids: [id], options, reason }, client.caller)
      const plan = await nodes.previewDrain({ ids: [id], options })
      if (!plan.ok) return plan
      return await nodes.drain({ ids: [id], options, reason, planId: plan.value.id }, client.caller)
    }
  },
}

const stopDrain: OperatorAct = {
  name: 'stop-drain',
  draw(around) {
    const id = anyNode(around)
    const isUncordoned = chance(around.random, 0.5)
    return id
      ? ({ nodes }) => nodes.stopDrain({ ids: [id], uncordon: isUncordoned, reason }, around.client.caller)
      : null
  },
}

const transfer: OperatorAct = {
  name: 'transfer',
  draw({ cluster, random, client }) {
    const to = pick(random, cluster.controllers)?.id
    return to ? ({ control }) => control.transfer({ to, reason }, client.caller) : null
  },
}

const promote: OperatorAct = {
  name: 'promote',
  draw(around) {
    const id = anyNode(around)
    return id ? ({ nodes }) => nodes.promote({ id, reason }, around.client.caller) : null
  },
}

const demote: OperatorAct = {
  name: 'demote',
  draw(around) {
    const id = anyNode(around)
    return id ? ({ nodes }) => nodes.demote({ id, reason }, around.client.caller) : null
  },
}

export const operatorActs: readonly OperatorAct[] = [
  cancel,
  rerun,
  cordon,
  uncordon,
  drain,
  stopDrain,
  transfer,
  promote,
  demote,
]
