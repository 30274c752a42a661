'use client'

import type { NodeId } from '@quarterdeck/domain'
import { uncordon } from '../acts/node-acts.ts'
import { plural } from '../format/amount.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { useActPlan } from '../plans/use-act-plan.tsx'
import { ActDialog } from '../ui/act-dialog.tsx'

export function CordonDialog({ ids, close }: { readonly ids: readonly NodeId[]; readonly close: () => void }) {
  useVersion('nodes')
  const { plan, view, confirm } = useActPlan('cordon', ids)
  const isOne = ids.length === 1
  const name = isOne ? String(ids[0]) : plural(ids.length, 'node')
  const kept = ids.reduce((sum, id) => sum + (store.nodes.get(id)?.tasksPlaced ?? 0), 0)
  const consequence = `${isOne ? 'It keeps its' : 'They keep their'} ${plural(kept, 'task')} and ${isOne ? 'takes' : 'take'} nothing new.`
  return (
    <ActDialog
      title={`Cordon ${name}`}
      verb={`Cordon ${name}`}
      failure={`${name} ${isOne ? 'takes' : 'take'} work as before.`}
      close={close}
      refusal={plan ? null : 'There is no plan yet.'}
      intentKeys={ids.map((id) => `node:${id}`)}
      command={(reason) => ['node', 'cordon', ...ids, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await confirm(reason)
        return `Cordoned ${name}. ${consequence}`
      }}
      undo={() => void uncordon(ids, 'Undo')}
    >
      <p>{consequence}</p>
      {view}
    </ActDialog>
  )
}
