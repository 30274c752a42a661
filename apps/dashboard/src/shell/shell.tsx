'use client'

import { useRouter } from 'next/navigation'
import { lazy, type ReactNode, useEffect } from 'react'
import { allowSingleKeys, listenForKeys, useKeys } from '../keyboard/keys.ts'
import { useFreshness } from '../live/use-live.ts'
import { Gate } from '../session/gate.tsx'
import { changePreferences, followSystemTheme, usePreferences } from '../theme/preferences.ts'
import { cx } from '../ui/class-names.ts'
import { copyText } from '../ui/copy-button.tsx'
import { DialogHost, openDialog } from '../ui/dialog-host.tsx'
import { Toasts, toast, undoNewest } from '../ui/toasts.tsx'
import { Banners } from './banners.tsx'
import { togglePause } from './freshness-indicator.tsx'
import { places } from './places.ts'
import { BottomBar, Sidebar } from './sidebar.tsx'
import { openPalette, TopBar } from './top-bar.tsx'

const KeyHelp = lazy(() => import('../keyboard/key-help.tsx').then((module) => ({ default: module.KeyHelp })))

/** The frame of every page of a signed-in person. */
export function Shell({ children }: { readonly children: ReactNode }) {
  useShellKeys()
  const { state } = useFreshness()
  const isLost = state === 'reconnecting' || state === 'disconnected'
  return (
    <Gate>
      <a href="#main" className="sr-only focus:not-sr-only focus:fixed focus:z-50 focus:bg-bg focus:p-2">
        Skip to the page
      </a>
      <TopBar />
      <div className="flex">
        <Sidebar />
        <div className="min-w-0 flex-1 pb-16 md:pb-0">
          <Banners />
          <main id="main" tabIndex={-1} className={cx('outline-none', isLost && 'border-t-2 border-muted')}>
            {children}
          </main>
        </div>
      </div>
      <BottomBar />
      <Toasts />
      <DialogHost />
    </Gate>
  )
}

function useShellKeys(): void {
  const router = useRouter()
  const { singleKeys, sidebar } = usePreferences()
  useEffect(listenForKeys, [])
  useEffect(followSystemTheme, [])
  useEffect(() => allowSingleKeys(singleKeys), [singleKeys])
  useKeys([
    { keys: 'Mod+k', text: 'Search or run a command', run: openPalette },
    ...places.map((place) => ({
      keys: `g ${place.key}`,
      text: `Go to ${place.name}`,
      run: () => router.push(place.href),
    })),
    { keys: 'g m', text: 'Go to the map', run: () => router.push('/nodes?view=map') },
    { keys: 'g l', text: 'Go to the load view', run: () => router.push('/nodes?view=load') },
    { keys: 'd', text: 'Dispatch a task…', run: () => router.push('/dispatch') },
    { keys: '.', text: 'Pause or resume updates', run: togglePause },
    { keys: 'z', text: 'Undo the last act', run: undoNewest },
    { keys: 'y', text: 'Copy the link of this page', run: () => void copyLink() },
    { keys: '[', text: 'Back', run: () => router.back() },
    { keys: ']', text: 'Forward', run: () => router.forward() },
    {
      keys: 'Mod+b',
      text: 'Narrow or widen the menu',
      run: () => changePreferences({ sidebar: sidebar === 'wide' ? 'narrow' : 'wide' }),
    },
    { keys: '?', text: 'Keys on this page', run: () => openDialog((close) => <KeyHelp close={close} />) },
  ])
}

async function copyLink(): Promise<void> {
  if (await copyText(window.location.href)) toast('Copied the link of this page.')
}
