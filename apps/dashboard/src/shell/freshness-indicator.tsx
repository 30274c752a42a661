'use client'

import { ChevronDown } from 'lucide-react'
import { type FocusEvent, useEffect, useRef, useState } from 'react'
import { formatAge } from '../format/duration.ts'
import { formatMoment } from '../format/moment.ts'
import { connection, store } from '../live/page.ts'
import { useFreshness, useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { usePreferences } from '../theme/preferences.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Fact, Facts } from '../ui/layout.tsx'
import { Overlay } from '../ui/overlay.tsx'
import { freshnessWords } from './freshness-words.ts'

const SKEW_WORTH_SAYING_MS = 2_000

/** How current this page is, always in sight; click for the numbers behind it. */
export function FreshnessIndicator() {
  const now = useFreshness()
  const shownAt = useShownMoment()
  const { mark, text, tone } = freshnessWords(now, shownAt)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  return (
    <>
      <button
        type="button"
        aria-label={`Freshness: ${text}`}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(anchor ? null : currentTarget)}
        className="flex min-h-8 min-w-0 items-center gap-1.5 rounded-control px-2 whitespace-nowrap hover:bg-raised pointer-coarse:min-h-11"
      >
        <span aria-hidden className={cx('text-compact', tone)}>
          {mark}
        </span>
        <span className={cx('max-w-40 truncate sm:max-w-none', now.state !== 'live' && tone)}>{text}</span>
        <ChevronDown aria-hidden size={14} className="text-muted" />
      </button>
      {anchor && <Opened anchor={anchor} close={() => setAnchor(null)} />}
    </>
  )
}

function Opened({ anchor, close }: { readonly anchor: HTMLElement; readonly close: () => void }) {
  const content = useRef<HTMLDivElement>(null)
  useEffect(() => content.current?.querySelector('button')?.focus(), [])
  const leave = () => {
    anchor.focus()
    close()
  }
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (relatedTarget && relatedTarget !== anchor && !currentTarget.contains(relatedTarget)) close()
  }
  return (
    <Overlay anchor={anchor} side="below" align="end" gapPx={4} onClose={leave} className="border-0 bg-transparent p-0">
      <div
        ref={content}
        role="dialog"
        aria-label="How current this page is"
        onBlur={onBlur}
        className="w-80 rounded-card border border-line bg-bg shadow-lg"
      >
        <Details />
      </div>
    </Overlay>
  )
}

/** The moment of what the page shows: when it was paused, or when the last frame was made. */
export function useShownMoment(): string {
  const nowMs = useNow()
  const { zone } = usePreferences()
  useVersion('pause')
  const atMs = store.pausedAtMs ?? connection.lastServerMs
  return nowMs === 0 || atMs === null ? '' : formatMoment(atMs, nowMs, zone)
}

function Details() {
  useNow()
  useVersion('pause')
  const facts = connection.diagnostics()
  const isPaused = store.pausedAtMs !== null
  const known = (value: string | number | null, unit = '') => (value === null ? 'not known' : `${value}${unit}`)
  return (
    <>
      <Facts>
        <Fact name="Last frame">{facts.frameAgeMs === null ? 'none yet' : `${formatAge(facts.frameAgeMs)} ago`}</Fact>
        <Fact name="Controller">
          {known(facts.controllerId)}
          {facts.leader === facts.controllerId && facts.leader !== null ? ' (leads)' : ''}
        </Fact>
        <Fact name="Behind the store">{known(facts.behindMs, ' ms')}</Fact>
        <Fact name="Revision">{known(facts.revision)}</Fact>
        <Fact name="Leader">{facts.leader ? `${facts.leader}, epoch ${facts.epoch}` : 'none'}</Fact>
        <Fact name="Frames">{facts.framesPerSecond.toFixed(1)} per second</Fact>
        <Fact name="Load frames dropped">{facts.loadFramesDropped}</Fact>
        <Fact name="If it dies">
          {facts.peers.length === 0 ? 'no other controller to go to' : `this page moves to ${facts.peers.join(' or ')}`}
        </Fact>
        {Math.abs(facts.clockSkewMs) > SKEW_WORTH_SAYING_MS && (
          <Fact name="Your clock">
            {formatAge(Math.abs(facts.clockSkewMs))} {facts.clockSkewMs > 0 ? 'behind' : 'ahead of'} the server's
          </Fact>
        )}
      </Facts>
      <div className="flex gap-2 border-t border-line p-2">
        <Button onClick={togglePause}>{isPaused ? 'Resume' : 'Pause updates'}</Button>
        <CopyButton text={JSON.stringify(facts, null, 2)} label="Copy diagnostics" />
      </div>
    </>
  )
}

export function togglePause(): void {
  if (store.pausedAtMs === null) store.pause(connection.serverNowMs())
  else store.resume()
}
