'use client'

import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'

/** What is wrong behind a place of the menu. Problems only: a menu that counts everything says nothing. */
export function useProblemCount(href: string): { readonly count: number; readonly isBad: boolean } {
  useVersion('nodes')
  useVersion('tasks')
  useVersion('controllers')
  useVersion('services')
  if (href === '/nodes') {
    const down = store.countOf('down')
    return { count: down + store.countOf('suspect') + store.countOf('unknown'), isBad: down > 0 }
  }
  if (href === '/tasks') return { count: store.counts?.unknown ?? 0, isBad: false }
  if (href === '/services') {
    const degraded = [...store.services.values()].filter((each) => each.condition.state === 'degraded').length
    return { count: degraded, isBad: true }
  }
  if (href === '/control') {
    const down = [...store.controllers.values()].filter((each) => each.role === 'down').length
    return { count: down, isBad: true }
  }
  return { count: 0, isBad: false }
}
