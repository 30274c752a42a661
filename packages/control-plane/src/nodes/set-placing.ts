import { planEvictions } from '@quarterdeck/controllers'
import {
  fail,
  type NodeId,
  type NodeTaint,
  type Outcome,
  ok,
  type Taint,
  type TaintPreview,
  type UnixMs,
  writeTaint,
} from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import type { ClusterView } from '../scheduling/cluster-view.ts'
import { byWhom, nodeNotFound } from './node-act.ts'

type PlacingInput = { readonly id: NodeId; readonly pool?: string; readonly taints?: Taint[]; readonly reason: string }

/** Sets the pool of a node, its taints as a whole, or both. New work obeys, what runs there goes on; but a taint `no-execute` ends what does not tolerate it. */
export async function setPlacing(
  core: Core,
  { id, pool, taints, reason }: PlacingInput,
  caller: Caller,
): Promise<Outcome<null>> {
  const done = await commitDraft(core, () => {
    const stored = core.cache.get('node', id)
    if (!stored) return fail(nodeNotFound(id))
    const next = {
      ...stored.value,
      ...(pool === undefined ? {} : { pool }),
      ...(taints === undefined
        ? {}
        : { taints: withMoments(taints, stored.value.taints, core.platform.clock.unixMs()) }),
    }
    const detail = [
      ...(pool === undefined ? [] : [`pool ${pool}`]),
      ...(taints === undefined ? [] : [taints.length === 0 ? 'no taints' : taints.map(writeTaint).join(', ')]),
    ].join('; ')
    const meta = metaOf(core, caller, { action: 'nodes.setPlacing', target: `node:${id}`, detail, reason }, [
      {
        type: 'node.placing-changed',
        subject: { kind: 'node', id },
        severity: 'info',
        text: `${id} is set to ${detail}${byWhom(caller, reason)}`,
      },
    ])
    return ok({ value: null, changes: [replace(stored, next)], meta })
  })
  return done.ok ? ok(null) : done
}

/** What these taints would do to what runs on the node, before anybody sets them. */
export function previewTaints(
  core: Core,
  view: ClusterView,
  { id, taints }: { readonly id: NodeId; readonly taints: readonly Taint[] },
): Outcome<TaintPreview> {
  const node = core.cache.get('node', id)?.value
  if (!node) return fail(nodeNotFound(id))
  view.takeLoads()
  const nowMs = core.platform.clock.unixMs()
  const held = [...core.tasks.onNode(id)].flatMap((taskId) => {
    const task = core.cache.get('task', taskId)?.value
    const spec = core.cache.get('task-spec', taskId)?.value
    return task && spec ? [{ task, spec }] : []
  })
  const next = { id, taints: withMoments(taints, node.taints, nowMs) }
  return ok(planEvictions(view.snapshot, next, held, { random: core.platform.random, nowMs }))
}

/** A taint that stays as it was keeps its moment. */
function withMoments(taints: readonly Taint[], before: readonly NodeTaint[] = [], nowMs: UnixMs): NodeTaint[] {
  return taints.map(({ key, value, effect }) => {
    const known = before.find((each) => each.key === key && each.value === value && each.effect === effect)
    return { key, value, effect, sinceMs: known?.sinceMs ?? nowMs }
  })
}
