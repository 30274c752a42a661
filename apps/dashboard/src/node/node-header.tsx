'use client'

import { type NodeRow, nodeCan } from '@quarterdeck/domain'
import { IntentNote } from '../acts/intent-note.tsx'
import { uncordon } from '../acts/node-acts.ts'
import { openDemote, openPromote, openRemoveNode } from '../control/open-dialogs.tsx'
import { useKeys } from '../keyboard/keys.ts'
import { useIsLastKnown } from '../live/use-live.ts'
import { NodeRole } from '../nodes/node-cells.tsx'
import { openCordonWithReason, openDrain, openPlacing, openStopDrain, startCordon } from '../nodes/open-dialogs.tsx'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { openLoss } from '../survival/open-loss.tsx'
import { Age, Countdown } from '../ui/age.tsx'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-button.tsx'
import { PageHeader } from '../ui/layout.tsx'
import { Menu } from '../ui/menu.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeStatus } from '../ui/status.tsx'
import { toast } from '../ui/toasts.tsx'

/** Who this node is, how it is and since when, and what can be done with it. */
export function NodeHeader({ node }: { readonly node: NodeRow }) {
  const role = useRole()
  const write = useWriteRefusal()
  const isLastKnown = useIsLastKnown()
  const can = (act: keyof typeof nodeCan) => write ?? nodeCan[act](node, role)
  const ids = [node.id]
  const orSay = (act: keyof typeof nodeCan, run: () => void) => () => {
    const refusal = can(act)
    if (refusal) toast(refusal, { tone: 'refused' })
    else run()
  }
  useKeys([
    { keys: 'c', text: `Cordon ${node.id}`, run: orSay('cordon', () => startCordon(ids)) },
    { keys: 'u', text: `Uncordon ${node.id}`, run: orSay('uncordon', () => void uncordon(ids)) },
    { keys: 'Shift+D', text: `Drain ${node.id}…`, run: orSay('drain', () => openDrain(ids)) },
    { keys: 'Shift+Y', text: 'Copy the id', run: () => void copyText(node.id) },
  ])

  return (
    <>
      <PageHeader
        title={node.id}
        note={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <NodeStatus node={node} />
            {node.role !== 'worker' && <NodeRole role={node.role} />}
            <span>
              for <Age atMs={node.scheduling === 'open' ? node.healthSinceMs : node.schedulingSinceMs} />
            </span>
            {node.scheduling !== 'open' && node.status !== node.scheduling && <span>also {node.scheduling}</span>}
            {node.remark && node.scheduling !== 'open' && (
              <span>
                by {node.remark.by}
                {node.remark.reason && `: “${node.remark.reason}”`}
              </span>
            )}
            <IntentNote of={`node:${node.id}`} />
          </span>
        }
      >
        {node.scheduling === 'open' ? (
          <Button refusal={can('cordon')} onClick={() => startCordon(ids)}>
            Cordon
          </Button>
        ) : (
          <Button refusal={can('uncordon')} onClick={() => void uncordon(ids)}>
            Uncordon
          </Button>
        )}
        {node.scheduling === 'draining' ? (
          <Button refusal={can('stopDrain')} onClick={() => openStopDrain(ids)}>
            Stop drain…
          </Button>
        ) : (
          <Button refusal={can('drain')} onClick={() => openDrain(ids)}>
            Drain…
          </Button>
        )}
        <Menu
          trigger={<Button>More ▾</Button>}
          items={[
            { text: 'Cordon with a reason…', refusal: can('cordon'), onSelect: () => openCordonWithReason(ids) },
            { text: 'Labels, pool and taints…', refusal: can('place'), onSelect: () => openPlacing(node) },
            { text: 'What if it is lost…', onSelect: () => openLoss({ ids }) },
            { text: 'Make it a control node…', refusal: can('promote'), onSelect: () => openPromote(node.id) },
            { text: 'Take its controller away…', refusal: can('demote'), onSelect: () => openDemote(node.id) },
            {
              text: 'Remove from the cluster…',
              refusal: can('remove'),
              isDangerous: true,
              onSelect: () => openRemoveNode(node.id),
            },
          ]}
        />
      </PageHeader>
      <div className="flex flex-col gap-1 px-4">
        {node.status === 'suspect' && node.downAtMs !== null && !isLastKnown && (
          <Warning>
            {node.evidence[0]?.because ?? 'It does not answer'}. Declared down in <Countdown untilMs={node.downAtMs} />{' '}
            unless it returns.
          </Warning>
        )}
        {node.status === 'down' && (
          <Warning tone="bad">
            {node.evidence[0]?.because ?? 'It does not answer'}. Everything below is the last known state.
          </Warning>
        )}
        {node.quarantined && <Warning tone="bad">Quarantined: {node.quarantined}</Warning>}
      </div>
    </>
  )
}
