import { clusterError, fail, labelsSchema, type NodeId, type Outcome, ok, roleAllows } from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { replace } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Caller } from '../contract.ts'
import type { Core } from '../core.ts'
import { byWhom, nodeNotFound } from './node-act.ts'

type LabelsInput = { readonly id: NodeId; readonly labels: Record<string, string> }

/** Sets a node's labels as a whole. Kept beside its credential too, so that the agent's own labels do not come back with its next session. */
export async function setLabels(core: Core, { id, labels }: LabelsInput, caller: Caller): Promise<Outcome<null>> {
  const checked = labelsSchema.safeParse(labels)
  if (!checked.success)
    return fail(
      clusterError('bad_input', `labels: ${checked.error.issues[0]?.message ?? 'are not valid'}.`, { field: 'labels' }),
    )
  if (!roleAllows(caller.me.role, 'operator')) return fail(clusterError('not_permitted', 'Needs the operator role.'))

  const done = await commitDraft(core, () => {
    const stored = core.cache.get('node', id)
    if (!stored) return fail(nodeNotFound(id))
    const credential = core.cache.get('node-credential', id)
    const detail = Object.entries(checked.data)
      .map(([key, value]) => `${key}=${value}`)
      .join(', ')
    return ok({
      value: null,
      changes: [
        replace(stored, { ...stored.value, labels: checked.data }),
        ...(credential
          ? [
              replace(credential, {
                ...credential.value,
                granted: { ...credential.value.granted, labels: checked.data, labelsAreWhole: true },
              }),
            ]
          : []),
      ],
      meta: metaOf(core, caller, { action: 'nodes.setLabels', target: `node:${id}`, detail: detail.slice(0, 1_000) }, [
        {
          type: 'node.labelled',
          subject: { kind: 'node', id },
          severity: 'info',
          text: `labels of ${id} set${byWhom(caller, '')}`,
        },
      ]),
    })
  })
  return done.ok ? ok(null) : done
}
