import { fail, type NodeId, type NodeTaint, type Outcome, ok, type Taint, type UnixMs } from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
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
      ...(taints === undefined ? [] : [taints.length === 0 ? 'no taints' : taints.map(taintInWords).join(', ')]),
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

/** A taint that stays as it was keeps its moment. */
function withMoments(taints: readonly Taint[], before: readonly NodeTaint[] = [], nowMs: UnixMs): NodeTaint[] {
  return taints.map(({ key, value, effect }) => {
    const known = before.find((each) => each.key === key && each.value === value && each.effect === effect)
    return { key, value, effect, sinceMs: known?.sinceMs ?? nowMs }
  })
}

function taintInWords({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`
}
