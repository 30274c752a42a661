'use client'

import { type ServiceRow, type ServiceVersion, serviceCan } from '@quarterdeck/domain'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { openRollback } from './open-dialogs.tsx'

/** Versions that are kept, with how many replicas run each, and the way back. */
export function VersionList({
  row,
  versions,
}: {
  readonly row: ServiceRow
  readonly versions: readonly ServiceVersion[]
}) {
  const role = useRole()
  const write = useWriteRefusal()
  return (
    <ul>
      {versions.map(({ version, task, health, by, atMs }) => {
        const live = row.byVersion.find((each) => each.version === version)
        const isCurrent = version === row.specVersion
        const refusal = write ?? serviceCan.change(row, role) ?? (isCurrent ? `Version ${version} is in force.` : null)
        return (
          <li
            key={version}
            className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1.5 last:border-0"
          >
            <span className="w-28 font-medium">
              v{version} {isCurrent && <span className="text-compact text-muted">in force</span>}
            </span>
            <code className="min-w-0 flex-1 truncate font-mono text-compact">
              {task.handler
                ? `handler ${task.handler.name}`
                : [task.exec?.command, ...(task.exec?.args ?? [])].join(' ')}
            </code>
            <span className="text-compact text-muted">{health ? `${health.type} check` : 'no check'}</span>
            <span className="w-32 text-compact">{live ? `${live.healthy} of ${live.live} healthy` : 'none runs'}</span>
            <span className="w-40 text-right text-compact text-muted">
              <Age atMs={atMs} suffix=" ago" /> by {by}
            </span>
            <Button refusal={refusal} onClick={() => openRollback(row.id, version)}>
              Go back…
            </Button>
          </li>
        )
      })}
    </ul>
  )
}
