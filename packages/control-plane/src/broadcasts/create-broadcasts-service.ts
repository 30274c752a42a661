import { cancelBroadcast, newBroadcast } from '@quarterdeck/controllers'
import {
  type Broadcast,
  type BroadcastId,
  type BroadcastInput,
  type BroadcastRow,
  broadcastCan,
  clusterError,
  fail,
  limits,
  type NodeId,
  ok,
} from '@quarterdeck/domain'
import { type MatchingNodes, matchingNodes } from '@quarterdeck/scheduler'
import { actorOf, metaOf } from '../actor.ts'
import { put, replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { BroadcastsService } from '../contract.ts'
import type { Core } from '../core.ts'
import type { Crypto } from '../crypto.ts'
import { asOf } from '../nodes/read-nodes.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { canonicalJson } from '../tasks/canonical-json.ts'
import { newTask } from '../tasks/new-task.ts'
import { refuseTask } from '../tasks/submit.ts'

type Deps = { readonly crypto: Crypto; readonly view: ClusterView }

export function createBroadcastsService(core: Core, { crypto, view }: Deps): BroadcastsService {
  /** Where it goes: every matching node, or for a race the few with the least reserved. */
  function matching(input: BroadcastInput): MatchingNodes {
    const found = allMatching(input)
    const { race } = input
    if (!race) return found
    const share = (id: NodeId) => view.snapshot.reservedShare(id) ?? 0
    const ranked = [...found.nodeIds].sort((left, right) => share(left) - share(right))
    const others = ranked.length - race.forks
    return {
      nodeIds: ranked.slice(0, race.forks),
      leftOut:
        others > 0 ? [...found.leftOut, { because: 'more reserved than the others', count: others }] : found.leftOut,
    }
  }

  function allMatching(input: BroadcastInput): MatchingNodes {
    const { task, spec } = newTask(core, input.task, 'preview')
    const context = { random: core.platform.random, nowMs: core.platform.clock.unixMs() }
    return matchingNodes(view.snapshot, { task: { ...task, state: 'queued' }, spec }, context)
  }

  /** A key names the broadcast, so that a repeat of the submit finds it. */
  function idOf({ task: { idempotencyKey } }: BroadcastInput, by: string): BroadcastId {
    return (
      idempotencyKey === undefined
        ? core.platform.ids.next()
        : `b-${crypto.sha256Hex(`${by}\n${idempotencyKey}`).slice(0, 30)}`
    ) as BroadcastId
  }

  return {
    preview(input) {
      const refusal = refuseTask(core, input.task)
      return refusal ? fail(refusal) : ok(matching(input))
    },

    async submit(input, caller) {
      const refusal = refuseTask(core, input.task)
      if (refusal) return fail(refusal)
      const by = actorOf(caller)
      const id = idOf(input, by)
      const audit = { action: 'broadcasts.submit', target: `broadcast:${id}`, detail: input.task.name }
      const inputHash = crypto.sha256Hex(canonicalJson(input))
      const done = await commitDraft(core, () => {
        const known = core.cache.get('broadcast', id)?.value
        if (known && known.inputHash !== inputHash) return fail(otherInput(id))
        if (known)
          return ok({ value: { broadcastId: id, existing: true }, changes: [], meta: metaOf(core, caller, audit) })
        const { nodeIds } = matching(input)
        if (nodeIds.length === 0) return fail(noneMatches())
        if (nodeIds.length > limits.broadcastNodesMax) return fail(tooMany(nodeIds.length))
        const about = { id, nodeIds, by, nowMs: core.platform.clock.unixMs(), inputHash }
        const changes = [put('broadcast', newBroadcast(input, about), 0)]
        return ok({ value: { broadcastId: id, existing: false }, changes, meta: metaOf(core, caller, audit) })
      })
      return done.ok ? ok(done.value.value) : done
    },

    list({ limit }) {
      const newestFirst = [...core.cache.all('broadcast').values()]
        .map(({ value }) => value)
        .sort((a, b) => b.createdAtMs - a.createdAtMs)
      return asOf(core, newestFirst.slice(0, limit).map(broadcastRow))
    },

    get(id) {
      const stored = core.cache.get('broadcast', id)
      if (!stored) return fail(broadcastNotFound(id))
      const { children, task } = stored.value
      return ok(asOf(core, { ...broadcastRow(stored.value), children, task }))
    },

    async cancel({ id, reason }, caller) {
      const done = await commitDraft(core, () => {
        const stored = core.cache.get('broadcast', id)
        if (!stored) return fail(broadcastNotFound(id))
        const refusal = broadcastCan.cancel(stored.value, caller.me.role)
        if (refusal) return fail(clusterError('wrong_state', refusal))
        const atMs = core.platform.clock.unixMs()
        const next = cancelBroadcast(stored.value, { by: actorOf(caller), reason, atMs })
        const meta = metaOf(core, caller, { action: 'broadcasts.cancel', target: `broadcast:${id}`, reason })
        return ok({ value: null, changes: [replace(stored, next)], meta })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function broadcastRow({ v: _, task, children, inputHash: __, ...rest }: Broadcast): BroadcastRow {
  const succeeded = children.filter(({ ended }) => ended === 'succeeded').length
  const failed = children.filter(({ ended }) => ended !== null).length - succeeded
  return { ...rest, taskName: task.name, total: children.length, succeeded, failed }
}

function broadcastNotFound(id: string) {
  return clusterError('broadcast_not_found', `There is no broadcast ${id}.`, { remedy: 'See qd broadcast ls.' })
}

function otherInput(id: string) {
  const message = `This idempotency key was used for another broadcast (${id}) with a different specification.`
  const remedy = 'Use a new key for new work.'
  return clusterError('idempotency_conflict', message, { field: 'task.idempotencyKey', remedy })
}

function noneMatches() {
  return clusterError('wrong_state', 'No node matches now, so there is nobody to run it.', {
    remedy: 'See which nodes are left out, and why, in the preview.',
  })
}

function tooMany(count: number) {
  const message = `${count} nodes match; one broadcast goes to ${limits.broadcastNodesMax} at most.`
  return clusterError('limit_reached', message, { remedy: 'Narrow it by labels or nodes.' })
}
