'use client'

import { Search, User } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { lazy } from 'react'
import { api } from '../api/client.ts'
import { plural } from '../format/amount.ts'
import { connection, store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { useMe } from '../session/use-me.ts'
import { Button } from '../ui/button.tsx'
import { openDialog } from '../ui/dialog-host.tsx'
import { Menu } from '../ui/menu.tsx'
import { FreshnessIndicator } from './freshness-indicator.tsx'

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })))

export function openPalette(): void {
  openDialog((close) => <Palette close={close} />)
}

export function TopBar() {
  useVersion('hello')
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-2 border-b border-line bg-surface px-3">
      <Link href="/" prefetch={false} className="flex min-h-8 min-w-0 items-center gap-2 font-semibold">
        <span aria-hidden className="text-info">
          ◆
        </span>
        <span className="truncate">{store.hello?.clusterName ?? 'Quarterdeck'}</span>
      </Link>
      <button
        type="button"
        onClick={openPalette}
        className="mx-auto hidden min-h-8 w-full max-w-md items-center gap-2 rounded-control border border-control bg-bg px-2 text-muted sm:flex"
      >
        <Search aria-hidden size={14} />
        <span className="flex-1 text-left">Search or run a command</span>
        <kbd className="font-mono text-compact">Ctrl K</kbd>
      </button>
      <Button look="quiet" aria-label="Search or run a command" onClick={openPalette} className="ml-auto sm:hidden">
        <Search aria-hidden size={16} />
      </Button>
      <RunningOperations />
      <FreshnessIndicator />
      <UserMenu />
    </header>
  )
}

function RunningOperations() {
  useVersion('operations')
  const running = [...store.operations.values()].filter((operation) => operation.state === 'running').length
  if (running === 0) return null
  return (
    <Link
      href="/operations"
      prefetch={false}
      className="hidden min-h-8 items-center rounded-control px-2 whitespace-nowrap text-info hover:bg-raised md:flex"
    >
      {plural(running, 'operation')}
    </Link>
  )
}

function UserMenu() {
  const me = useMe()
  const router = useRouter()
  const go = (href: string) => () => router.push(href)
  return (
    <Menu
      trigger={
        <Button look="quiet" aria-label={me ? `Account of ${me.id}, ${me.role}` : 'Account'}>
          <User aria-hidden size={16} />
          <span className="hidden max-w-28 truncate lg:inline">{me?.id}</span>
        </Button>
      }
      items={[
        { text: 'Operations', onSelect: go('/operations') },
        { text: 'Control plane', onSelect: go('/control') },
        { text: 'Settings', onSelect: go('/settings') },
        { text: 'Sign out', onSelect: () => void signOut() },
      ]}
    />
  )
}

async function signOut(): Promise<void> {
  connection.stop()
  try {
    await api.auth.signOut.mutate()
  } finally {
    window.location.assign('/sign-in')
  }
}
