'use client'

import type { NodeId } from '@quarterdeck/domain'
import { api } from '../api/client.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { useActPlan } from '../plans/use-act-plan.tsx'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Warning } from '../ui/states.tsx'

const NO_PLAN = 'There is no plan yet.'

type Props = { readonly id: NodeId; readonly close: () => void }

function liveControllers(): number {
  return [...store.controllers.values()].filter((each) => each.role === 'leader' || each.role === 'standby').length
}

export function PromoteDialog({ id, close }: Props) {
  const { plan, view, confirm } = useActPlan('promote', [id])
  return (
    <ActDialog
      title={`Make ${id} a control node?`}
      verb={`Promote ${id}`}
      failure={`${id} stays a worker.`}
      close={close}
      refusal={plan ? null : NO_PLAN}
      intentKeys={[`node:${id}`]}
      command={(reason) => ['node', 'promote', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await confirm(reason)
        return `Asked the agent on ${id} to start a controller.`
      }}
    >
      <p>Its agent starts a controller on that machine, beside its tasks.</p>
      {view}
    </ActDialog>
  )
}

export function DemoteDialog({ id, close }: Props) {
  useVersion('controllers')
  const { plan, view, confirm } = useActPlan('demote', [id])
  const left = liveControllers() - 1
  const own = [...store.controllers.values()].find((each) => each.nodeId === id)
  return (
    <ActDialog
      title={`Demote ${id}?`}
      verb={`Demote ${id}`}
      failure={`${id} keeps its controller.`}
      close={close}
      intentKeys={[`node:${id}`]}
      refusal={left < 1 ? 'It hosts the only controller: nobody would be left to lead.' : plan ? null : NO_PLAN}
      command={(reason) => ['node', 'demote', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await confirm(reason)
        return `Asked the agent on ${id} to stop its controller.`
      }}
    >
      {view}
      {own && own.id === store.hello?.controllerId && (
        <Warning>You are connected through this controller. The page will go on from another one.</Warning>
      )}
    </ActDialog>
  )
}

export function RemoveNodeDialog({ id, close }: Props) {
  const { plan, view, confirm } = useActPlan('remove', [id])
  return (
    <ActDialog
      title={`Remove ${id} from the cluster?`}
      verb={`Remove ${id}`}
      failure={`${id} is still a member.`}
      close={close}
      refusal={plan ? null : NO_PLAN}
      typeToConfirm={{ text: id, label: `Type ${id} to confirm` }}
      intentKeys={[`node:${id}`]}
      command={(reason) => ['node', 'rm', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await confirm(reason)
        return `Removed ${id}. Its credential no longer works.`
      }}
    >
      <p>Its credential is revoked; to come back it needs a new join token.</p>
      {view}
    </ActDialog>
  )
}

const BRAKE_MS = 10 * 60_000

export function BrakeDialog({ close }: { readonly close: () => void }) {
  return (
    <ActDialog
      title="Release the mass brake for 10 minutes?"
      verb="Release the brake"
      failure="The brake stays on."
      close={close}
      intentKeys={['cluster']}
      run={async (reason) => {
        await api.controlPlane.releaseBrake.mutate({ forMs: BRAKE_MS, reason })
        return 'The mass brake is released for 10 minutes.'
      }}
    >
      <p>
        Many nodes fell silent together, so none of them is declared down. Released, they are, and their tasks run again
        elsewhere. Do this when you know that the machines are really gone.
      </p>
    </ActDialog>
  )
}
