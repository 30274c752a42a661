'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { usePreferences } from '../theme/preferences.ts'
import { cx } from '../ui/class-names.ts'
import { Tooltip } from '../ui/tooltip.tsx'
import { isCurrent, type Place, places } from './places.ts'
import { useProblemCount } from './problem-counts.ts'

export function Sidebar() {
  const isNarrow = usePreferences().sidebar === 'narrow'
  return (
    <nav
      aria-label="Pages"
      className={cx(
        'sticky top-12 hidden h-[calc(100dvh-48px)] shrink-0 flex-col gap-0.5 border-r border-line bg-surface p-2 md:flex',
        isNarrow ? 'w-12' : 'w-46',
      )}
    >
      {places.map((place) => (
        <PlaceLink key={place.href} place={place} isNarrow={isNarrow} />
      ))}
    </nav>
  )
}

function PlaceLink({ place, isNarrow }: { readonly place: Place; readonly isNarrow: boolean }) {
  const pathname = usePathname()
  const { count, isBad } = useProblemCount(place.href)
  const isHere = isCurrent(place, pathname)
  const Icon = place.icon
  return (
    <Tooltip text={isNarrow ? place.name : ''}>
      <Link
        href={place.href}
        prefetch={false}
        aria-current={isHere ? 'page' : undefined}
        className={cx(
          'flex min-h-8 items-center gap-2 rounded-control px-2 font-medium',
          isHere ? 'bg-selected text-text' : 'text-muted hover:bg-raised hover:text-text',
        )}
      >
        <Icon aria-hidden size={16} className="shrink-0" />
        <span className={cx('flex-1', isNarrow && 'sr-only')}>{place.name}</span>
        {count > 0 && (
          <span className={cx('text-compact', isBad ? 'text-bad' : 'text-warn', isNarrow && 'sr-only')}>
            {count}
            <span aria-hidden>{isBad ? '✕' : '▲'}</span>
            <span className="sr-only"> {count === 1 ? 'problem' : 'problems'}</span>
          </span>
        )}
      </Link>
    </Tooltip>
  )
}

const bottomPlaces = ['/', '/nodes', '/tasks', '/events']

/** The four places that somebody woken at night needs, under the thumb. */
export function BottomBar() {
  const pathname = usePathname()
  return (
    <nav
      aria-label="Main pages"
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-4 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {places
        .filter((place) => bottomPlaces.includes(place.href))
        .map((place) => (
          <Link
            key={place.href}
            href={place.href}
            prefetch={false}
            aria-current={isCurrent(place, pathname) ? 'page' : undefined}
            className={cx(
              'flex min-h-13 flex-col items-center justify-center gap-0.5 text-micro font-medium',
              isCurrent(place, pathname) ? 'text-info' : 'text-muted',
            )}
          >
            <place.icon aria-hidden size={18} />
            {place.name}
          </Link>
        ))}
    </nav>
  )
}
