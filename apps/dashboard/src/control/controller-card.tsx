'use client'

import { type ControllerView, clusterCan, nodeCan } from '@quarterdeck/domain'
import { IntentNote } from '../acts/intent-note.tsx'
import { formatBytes } from '../format/amount.ts'
import { formatAge, formatDuration } from '../format/duration.ts'
import { store } from '../live/page.ts'
import { useNode, useVersion } from '../live/use-live.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Age } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { Fact, Facts } from '../ui/layout.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { openDemote, openTransfer } from './open-dialogs.tsx'

const BEHIND_WORTH_SAYING_MS = 1_000
const roleWords = { leader: '♛ Leader', standby: '◇ Standby', down: '✕ Down', left: 'Left' } as const
const roleTones = { leader: 'text-ready', standby: 'text-calm', down: 'text-bad', left: 'text-muted' } as const

/** One replica of the control plane: its part, how well it keeps up, who talks to it. */
export function ControllerCard({ controller }: { readonly controller: ControllerView }) {
  useVersion('hello')
  const role = useRole()
  const write = useWriteRefusal()
  const host = useNode(controller.nodeId ?? '')
  const isMine = store.hello?.controllerId === controller.id
  const number = (value: number | null, unit = '') =>
    value === null ? 'silent' : `${value.toLocaleString('en-US')}${unit}`
  const promoteRefusal =
    write ??
    clusterCan.transferLeadership(role) ??
    (controller.role === 'leader'
      ? `${controller.id} leads already.`
      : controller.role === 'standby'
        ? null
        : `${controller.id} is ${controller.role}.`)
  return (
    <section
      aria-label={`Controller ${controller.id}`}
      className={cx(
        'flex flex-col rounded-card border bg-bg',
        controller.role === 'leader' ? 'border-ready' : 'border-line',
      )}
    >
      <header className="flex items-baseline justify-between gap-2 border-b border-line px-3 py-1.5">
        <h2 className="text-form font-semibold">
          {controller.id} <IntentNote of={`controller:${controller.id}`} />
        </h2>
        <span className={cx('font-medium', roleTones[controller.role])}>{roleWords[controller.role]}</span>
      </header>
      <Facts>
        {controller.epoch !== null && <Fact name="Epoch">{controller.epoch}</Fact>}
        <Fact name="Behind the store">
          <span
            className={cx(controller.behindMs !== null && controller.behindMs > BEHIND_WORTH_SAYING_MS && 'text-warn')}
          >
            {controller.behindMs === null ? 'silent' : formatDuration(controller.behindMs)}
          </span>
        </Fact>
        <Fact name="Store round trip">
          {controller.storeRoundTripMs === null ? 'silent' : `${controller.storeRoundTripMs.toFixed(1)} ms`}
        </Fact>
        <Fact name="Event loop lag">
          {controller.eventLoopLagMs === null ? 'silent' : `${controller.eventLoopLagMs.toFixed(0)} ms`}
        </Fact>
        <Fact name="Agents, pages">
          {number(controller.agents)}, {number(controller.pages)}
        </Fact>
        <Fact name="Last contact">
          {controller.lastContactMs === null ? 'none' : `${formatAge(controller.lastContactMs)} ago`}
        </Fact>
        <Fact name="Memory">{controller.memoryBytes === null ? 'silent' : formatBytes(controller.memoryBytes)}</Fact>
        <Fact name="Version, up for">
          {controller.version}, <Age atMs={controller.startedAtMs} />
        </Fact>
        <Fact name="Address">
          {controller.url}
          {isMine && <span className="text-muted"> (serves this page)</span>}
        </Fact>
        {controller.nodeId && (
          <Fact name="Runs on">
            <NodeLink id={controller.nodeId} />
          </Fact>
        )}
      </Facts>
      <footer className="mt-auto flex flex-wrap gap-2 border-t border-line p-2">
        <Button refusal={promoteRefusal} onClick={() => openTransfer(controller.id)}>
          Promote to leader…
        </Button>
        {host && (
          <Button refusal={write ?? nodeCan.demote(host, role)} onClick={() => openDemote(host.id)}>
            Demote…
          </Button>
        )}
      </footer>
    </section>
  )
}
