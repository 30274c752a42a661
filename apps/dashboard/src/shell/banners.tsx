'use client'

import { type ReactNode, useEffect } from 'react'
import { formatAge } from '../format/duration.ts'
import { connection, store } from '../live/page.ts'
import { useFreshness, useVersion } from '../live/use-live.ts'
import { useNow } from '../live/use-now.ts'
import { useMe } from '../session/use-me.ts'
import { alarm } from '../ui/announce.ts'
import { Button } from '../ui/button.tsx'
import { cx } from '../ui/class-names.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { togglePause, useShownMoment } from './freshness-indicator.tsx'

const borders = { warn: 'border-warn', bad: 'border-bad', info: 'border-info' } as const

function Banner({
  tone,
  children,
  actions,
}: {
  readonly tone: keyof typeof borders
  readonly children: ReactNode
  readonly actions?: ReactNode
}) {
  return (
    <div
      role="note"
      className={cx('flex flex-wrap items-center gap-x-3 gap-y-1 border-b-2 bg-surface px-4 py-1.5', borders[tone])}
    >
      <p className="min-w-0 flex-1">{children}</p>
      {actions}
    </div>
  )
}

/** What a reader must know before believing the page. Nothing while all is well. */
export function Banners() {
  return (
    <>
      <StreamBanner />
      <ClusterBanners />
      <RoleBanner />
    </>
  )
}

function StreamBanner() {
  const now = useFreshness()
  const at = useShownMoment()
  const tryNow = <Button onClick={() => connection.tryNow()}>Try now</Button>

  useEffect(() => {
    if (now.state === 'disconnected') alarm('Not connected to the control plane. Nothing on this page is current.')
  }, [now.state])

  if (now.state === 'reconnecting') {
    return (
      <Banner tone="warn" actions={tryNow}>
        <strong>
          Live updates stopped {formatAge(now.lostForMs)} ago. Reconnecting (attempt {now.attempt}).
          {at && ` What you see is from ${at}.`}
        </strong>
      </Banner>
    )
  }
  if (now.state === 'disconnected') {
    const copy = (
      <CopyButton look="plain" label="Copy diagnostics" text={JSON.stringify(connection.diagnostics(), null, 2)} />
    )
    return (
      <Banner tone="bad" actions={[<span key="try">{tryNow}</span>, <span key="copy">{copy}</span>]}>
        <strong>
          Not connected to the control plane{at && ` since ${at}`}. Nothing below is current. Running tasks are not
          affected by this.
        </strong>
      </Banner>
    )
  }
  if (now.state === 'paused') {
    return (
      <Banner tone="info" actions={<Button onClick={togglePause}>Resume</Button>}>
        Paused at {at}. The page does not move; {now.waiting.toLocaleString('en-US')} changes wait.
      </Banner>
    )
  }
  return null
}

function ClusterBanners() {
  useVersion('tick')
  const nowMs = useNow()
  const { tick } = store
  if (!tick) return null
  const leaderlessMs = tick.leaderlessSinceMs === null ? null : Math.max(0, nowMs - tick.leaderlessSinceMs)
  return (
    <>
      {tick.storeAway && (
        <Banner tone="bad">
          <strong>The store does not answer.</strong> Running tasks keep running and their results are kept; nothing can
          be changed until it is back.
        </Banner>
      )}
      {leaderlessMs !== null && (
        <Banner tone="warn">
          <strong>The control plane has no leader (for {formatAge(leaderlessMs)}).</strong> Tasks keep running; drains,
          dispatch and config changes wait until one is elected.
        </Banner>
      )}
      {tick.brake && (
        <Banner tone="warn">
          <strong>The mass brake is on.</strong> {tick.brake}
        </Banner>
      )}
    </>
  )
}

function RoleBanner() {
  const me = useMe()
  if (me?.role !== 'viewer') return null
  return (
    <Banner tone="info">
      You can look but not change anything here. Ask an admin for the <em>operator</em> role.
    </Banner>
  )
}
