'use client'

import { type AutomaticRebalance, clusterCan } from '@quarterdeck/domain'
import { useState } from 'react'
import { api, queries, queryClient } from '../api/client.ts'
import { useRole } from '../session/use-me.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { Checkbox, TextField } from '../ui/field.tsx'

const MOVES_MAX = 50
const timeOfDay = /^([01]\d|2[0-3]):[0-5]\d$/

/** Whether the cluster may carry out its own advice, how much of it in an hour, and when. */
export function AutomaticDialog({
  policy,
  close,
}: {
  readonly policy: AutomaticRebalance | null
  readonly close: () => void
}) {
  const role = useRole()
  const [isOn, setIsOn] = useState(policy !== null)
  const [moves, setMoves] = useState(String(policy?.movesPerHour ?? 4))
  const [from, setFrom] = useState(policy?.window?.from ?? '')
  const [to, setTo] = useState(policy?.window?.to ?? '')
  const hasWindow = from !== '' || to !== ''
  const problem = !isOn
    ? null
    : !/^\d+$/.test(moves) || Number(moves) < 1 || Number(moves) > MOVES_MAX
      ? `Give from 1 to ${MOVES_MAX} moves an hour.`
      : hasWindow && !(timeOfDay.test(from) && timeOfDay.test(to))
        ? 'Give both ends of the window as 22:00, or neither.'
        : null
  const next = isOn
    ? { skewMin: 0.2, ...policy, movesPerHour: Number(moves), window: hasWindow ? { from, to } : null }
    : null
  return (
    <ActDialog
      title="Automatic rebalance"
      verb={isOn ? 'Let it move tasks' : 'Leave it to people'}
      failure="It stays as it was."
      close={close}
      refusal={clusterCan.changeSettings(role) ?? problem}
      intentKeys={['cluster']}
      command={() => ['rebalance', ...flags(next)]}
      run={async () => {
        await api.cluster.updateSettings.mutate({ rebalance: next })
        await queryClient.invalidateQueries(queries.cluster.settings.queryFilter())
        return next
          ? `The cluster moves at most ${next.movesPerHour} tasks an hour by itself.`
          : 'Nothing is moved by itself.'
      }}
    >
      <Checkbox
        label="The cluster carries out its own advice"
        checked={isOn}
        onChange={(event) => setIsOn(event.target.checked)}
      />
      {isOn && (
        <div className="grid gap-3 sm:grid-cols-3">
          <TextField
            label="Moves an hour"
            inputMode="numeric"
            hint="Those of people count too."
            value={moves}
            onChange={(event) => setMoves(event.target.value.trim())}
          />
          <TextField
            label="From (UTC)"
            hint="Empty: at any time."
            value={from}
            onChange={(event) => setFrom(event.target.value.trim())}
          />
          <TextField label="To (UTC)" value={to} onChange={(event) => setTo(event.target.value.trim())} />
        </div>
      )}
      <p className="text-compact text-muted">
        Only tasks that may be moved, and none of a service whose file says rebalance: never. Each move stops a task and
        starts it elsewhere.
      </p>
    </ActDialog>
  )
}

function flags(policy: AutomaticRebalance | null): string[] {
  if (!policy) return ['--manual']
  const { movesPerHour, window } = policy
  return ['--automatic', String(movesPerHour), ...(window ? ['--window', `${window.from}-${window.to}`] : [])]
}
