'use client'

import type { NodeRow } from '@quarterdeck/domain'
import { uncordon } from '../acts/node-acts.ts'
import { plural } from '../format/amount.ts'
import { useRole, useWriteRefusal } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-button.tsx'
import { Menu } from '../ui/menu.tsx'
import { allowedOf } from './node-acts-menu.ts'
import { openDrain, openStopDrain, startCordon } from './open-dialogs.tsx'

type Props = {
  readonly selected: readonly NodeRow[]
  readonly shownIds: readonly string[]
  readonly onSelectAll: () => void
  readonly onClear: () => void
}

/** What can be done with the selected nodes. Only there while something is selected. */
export function SelectionBar({ selected, shownIds, onSelectAll, onClear }: Props) {
  const role = useRole()
  const writeRefusal = useWriteRefusal()
  if (selected.length === 0) return null
  const cordon = allowedOf('cordon', selected, role, writeRefusal)
  const drain = allowedOf('drain', selected, role, writeRefusal)
  const open = allowedOf('uncordon', selected, role, writeRefusal)
  const stop = allowedOf('stopDrain', selected, role, writeRefusal)
  const of = (ids: readonly string[]) => (ids.length === selected.length || ids.length === 0 ? '' : ` ${ids.length}`)
  const shown = new Set(shownIds)
  const selectedShown = selected.filter((node) => shown.has(node.id)).length
  return (
    <section
      aria-label="Selection"
      className="sticky bottom-13 z-20 flex flex-wrap items-center gap-2 border-t border-line bg-selected px-4 py-2 md:bottom-0"
    >
      <p className="flex-1 font-medium">
        {selected.length} selected{' '}
        <span className="text-muted">
          ({selectedShown} of {shownIds.length} shown)
        </span>
      </p>
      {selectedShown < shownIds.length && (
        <Button look="quiet" onClick={onSelectAll}>
          Select all {shownIds.length} matching
        </Button>
      )}
      <Button refusal={cordon.refusal} onClick={() => startCordon(cordon.ids)}>
        Cordon{of(cordon.ids)}
      </Button>
      <Button refusal={drain.refusal} onClick={() => openDrain(drain.ids)}>
        Drain{of(drain.ids)}…
      </Button>
      <Menu
        trigger={<Button>More ▾</Button>}
        items={[
          { text: `Uncordon${of(open.ids)}`, refusal: open.refusal, onSelect: () => void uncordon(open.ids) },
          { text: `Stop drain${of(stop.ids)}…`, refusal: stop.refusal, onSelect: () => openStopDrain(stop.ids) },
          {
            text: `Copy ${plural(selected.length, 'name')}`,
            onSelect: () => void copyText(selected.map((node) => node.id).join('\n')),
          },
        ]}
      />
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
    </section>
  )
}
