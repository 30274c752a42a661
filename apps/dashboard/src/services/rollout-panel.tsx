'use client'

import { type ServiceRow, serviceCan } from '@quarterdeck/domain'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { PartsBar } from '../ui/bars.tsx'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/layout.tsx'
import { Warning } from '../ui/states.tsx'
import { openUpdateAct } from './open-dialogs.tsx'
import { rolloutDone } from './service-words.ts'

const titles = { update: 'Update', rollback: 'Rollback', revert: 'Going back after a failed update' } as const

/** How far the update is, why it waits, and how it ended. */
export function RolloutPanel({ row }: { readonly row: ServiceRow }) {
  const role = useRole()
  const write = useWriteRefusal()
  const { rollout, id } = row
  if (!rollout) return null
  const done = rolloutDone(row)
  return (
    <Card
      title={`${titles[rollout.kind]}: version ${rollout.fromVersion} → ${rollout.toVersion}`}
      action={
        <span className="flex gap-2">
          <Button refusal={write ?? serviceCan.pauseUpdate(row, role)} onClick={() => openUpdateAct(id, 'pause')}>
            Pause…
          </Button>
          <Button refusal={write ?? serviceCan.resumeUpdate(row, role)} onClick={() => openUpdateAct(id, 'resume')}>
            Resume…
          </Button>
        </span>
      }
    >
      <div className="flex flex-col gap-2 px-3 py-2">
        {rollout.state !== 'done' && (
          <PartsBar
            label={`Progress of the update of ${id}`}
            parts={[
              {
                label: `healthy on version ${rollout.toVersion}`,
                count: Math.min(done, row.wanted),
                className: 'bg-fill-ready',
              },
              { label: 'to go', count: Math.max(0, row.wanted - done), className: 'bg-load-1' },
            ]}
          />
        )}
        {rollout.because &&
          (rollout.state === 'done' ? (
            <p>{rollout.because}</p>
          ) : (
            <Warning tone={rollout.state === 'paused' ? 'warn' : 'info'}>{rollout.because}</Warning>
          ))}
        <p className="text-compact text-muted">
          {rollout.state} · began <Age atMs={rollout.startedAtMs} suffix=" ago" />
        </p>
      </div>
    </Card>
  )
}
