'use client'

import type { Refusal } from '@quarterdeck/domain'
import {
  cloneElement,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react'
import { cx } from './class-names.ts'
import { itemAfterKey } from './menu-keys.ts'
import { Overlay } from './overlay.tsx'

export type MenuItem = {
  readonly text: string
  readonly refusal?: Refusal
  readonly isDangerous?: boolean
  readonly onSelect: () => void
}

type TriggerProps = {
  readonly id?: string
  readonly 'aria-haspopup'?: 'menu'
  readonly 'aria-expanded'?: boolean
  readonly 'aria-controls'?: string | undefined
  readonly onClick?: (event: MouseEvent<HTMLButtonElement>) => void
  readonly onKeyDown?: (event: KeyboardEvent<HTMLButtonElement>) => void
}
type Opened = { readonly anchor: HTMLElement; readonly isByKey: boolean }
type Props = { readonly trigger: ReactElement<TriggerProps>; readonly items: readonly MenuItem[] }

/** A menu of acts. One that is refused stays in it, reachable by keyboard, and says why. */
export function Menu({ trigger, items }: Props) {
  const id = useId()
  const [opened, setOpened] = useState<Opened | null>(null)
  const close = () => setOpened(null)
  return (
    <>
      {cloneElement(trigger, {
        id: `${id}-trigger`,
        'aria-haspopup': 'menu',
        'aria-expanded': opened !== null,
        'aria-controls': opened ? id : undefined,
        onClick: ({ currentTarget, detail }) =>
          // A click that a key made counts no presses.
          setOpened(opened ? null : { anchor: currentTarget, isByKey: detail === 0 }),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpened({ anchor: event.currentTarget, isByKey: true })
        },
      } satisfies TriggerProps)}
      {opened && <Items id={id} opened={opened} items={items} close={close} />}
    </>
  )
}

function Items({
  id,
  opened: { anchor, isByKey },
  items,
  close,
}: {
  readonly id: string
  readonly opened: Opened
  readonly items: readonly MenuItem[]
  readonly close: () => void
}) {
  const list = useRef<HTMLDivElement>(null)
  const entries = () => [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
  useEffect(() => {
    const first = list.current?.querySelector<HTMLElement>('[role=menuitem]')
    if (isByKey && first) first.focus()
    else list.current?.focus()
  }, [isByKey])
  const leave = () => {
    anchor.focus()
    close()
  }

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') leave()
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === 'Tab') return
    // Keys of the page, single letters among them, mean nothing while a menu is open.
    event.preventDefault()
    const all = entries()
    const at = all.indexOf(document.activeElement as HTMLElement)
    if (event.key === 'Enter' || event.key === ' ') all[at]?.click()
    else
      all[
        itemAfterKey(
          event.key,
          at,
          items.map(({ text }) => text),
        )
      ]?.focus()
  }

  return (
    <Overlay anchor={anchor} side="below" align="end" gapPx={4} onClose={leave} className="border-0 bg-transparent p-0">
      <div
        ref={list}
        id={id}
        role="menu"
        aria-labelledby={`${id}-trigger`}
        tabIndex={-1}
        onKeyDown={onKeyDown}
        className="max-w-80 min-w-44 rounded-card border border-line bg-bg p-1 shadow-lg outline-none"
      >
        {items.map(({ text, refusal = null, isDangerous = false, onSelect }) => (
          <button
            key={text}
            type="button"
            role="menuitem"
            tabIndex={-1}
            aria-disabled={refusal !== null || undefined}
            onPointerMove={({ currentTarget }) => currentTarget.focus({ preventScroll: true })}
            onClick={() => {
              if (refusal !== null) return
              leave()
              onSelect()
            }}
            className={cx(
              'block min-h-7 w-full cursor-default rounded-control px-2 py-1 text-left outline-none focus:bg-raised pointer-coarse:min-h-11',
              refusal !== null && 'text-muted',
              refusal === null && isDangerous && 'text-bad',
            )}
          >
            {text}
            {refusal !== null && <span className="block text-compact text-muted">{refusal}</span>}
          </button>
        ))}
      </div>
    </Overlay>
  )
}
