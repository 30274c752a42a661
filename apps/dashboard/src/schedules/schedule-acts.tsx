'use client'

import { type ScheduleRow, scheduleCan } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { whileAsking } from '../acts/intents.ts'
import { attempt } from '../acts/node-acts.ts'
import { api } from '../api/client.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { Menu } from '../ui/menu.tsx'
import { toast } from '../ui/toasts.tsx'

type Shown = Pick<ScheduleRow, 'id' | 'paused'>

/** Run now, pause or resume, and the rest in a menu. */
export function ScheduleActs({ schedule }: { readonly schedule: Shown }) {
  const router = useRouter()
  const role = useRole()
  const write = useWriteRefusal()
  const { id } = schedule
  const act = (verb: string, call: () => Promise<string>) =>
    attempt(async () => toast(await whileAsking([`schedule:${id}`], `${verb} requested`, call)))
  const runNow = () =>
    act('Run now', async () => {
      const { taskId } = await api.schedules.run.mutate({ id })
      return `Started ${taskId}.`
    })
  const resume = () =>
    act('Resume', async () => {
      await api.schedules.resume.mutate({ id })
      return `${id} goes on.`
    })
  return (
    <div className="flex flex-wrap items-center justify-end gap-2">
      <Button refusal={write ?? scheduleCan.run(role)} onClick={() => void runNow()}>
        Run now
      </Button>
      {schedule.paused ? (
        <Button refusal={write ?? scheduleCan.resume(schedule, role)} onClick={() => void resume()}>
          Resume
        </Button>
      ) : (
        <Button
          refusal={write ?? scheduleCan.pause(schedule, role)}
          onClick={() => openDialog((close) => <PauseDialog id={id} close={close} />)}
        >
          Pause…
        </Button>
      )}
      <Menu
        trigger={
          <Button look="quiet" aria-label={`More for ${id}`}>
            ▾
          </Button>
        }
        items={[
          {
            text: 'Change…',
            refusal: write ?? scheduleCan.apply(role),
            onSelect: () => router.push(`/schedule?id=${encodeURIComponent(id)}&form=edit`),
          },
          {
            text: 'Remove…',
            refusal: write ?? scheduleCan.remove(role),
            isDangerous: true,
            onSelect: () => openDialog((close) => <RemoveDialog id={id} close={close} />),
          },
        ]}
      />
    </div>
  )
}

type DialogProps = { readonly id: ScheduleRow['id']; readonly close: () => void }

function PauseDialog({ id, close }: DialogProps) {
  return (
    <ActDialog
      title={`Pause ${id}?`}
      verb={`Pause ${id}`}
      failure={`${id} was not paused.`}
      close={close}
      intentKeys={[`schedule:${id}`]}
      command={(reason) => ['schedule', 'pause', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.schedules.pause.mutate({ id, reason })
        return `${id} is paused.`
      }}
    >
      <p>Nothing starts until it is resumed, and what falls into the pause is not made up for. Runs that live go on.</p>
    </ActDialog>
  )
}

function RemoveDialog({ id, close }: DialogProps) {
  return (
    <ActDialog
      title={`Remove the schedule ${id}?`}
      verb={`Remove ${id}`}
      failure={`${id} was not removed.`}
      close={close}
      typeToConfirm={{ text: id, label: `Type ${id} to confirm` }}
      intentKeys={[`schedule:${id}`]}
      command={(reason) => ['schedule', 'rm', id, ...(reason ? ['--reason', reason] : [])]}
      run={async (reason) => {
        await api.schedules.remove.mutate({ id, reason })
        return `Removed ${id}.`
      }}
    >
      <p>It never starts anything again. Runs that live go on; its tasks stay in the list of tasks.</p>
    </ActDialog>
  )
}
