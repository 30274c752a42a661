import { formatCount } from '../format/amount.ts'
import { formatAge } from '../format/duration.ts'
import type { Freshness } from '../live/freshness.ts'

/** Shape, colour and words of the freshness indicator. `at` is the moment that the page shows, already written as a time. */
export function freshnessWords(
  now: Freshness,
  at: string,
): { readonly mark: string; readonly text: string; readonly tone: string } {
  switch (now.state) {
    case 'live':
      return { mark: '●', text: `Live ${(now.ageMs / 1_000).toFixed(1)} s`, tone: 'text-ready' }
    case 'catching-up':
      return { mark: '◔', text: `Catching up ${formatCount(now.sent)} / ${formatCount(now.total)}`, tone: 'text-info' }
    case 'delayed':
      return { mark: '▲', text: `Delayed ${(now.ageMs / 1_000).toFixed(1)} s`, tone: 'text-warn' }
    case 'reconnecting':
      return { mark: '▲', text: `Reconnecting, attempt ${now.attempt}`, tone: 'text-warn' }
    case 'disconnected':
      return {
        mark: '✕',
        text: at ? `Not connected since ${at}` : `Not connected for ${formatAge(now.lostForMs)}`,
        tone: 'text-bad',
      }
    case 'paused':
      return { mark: '‖', text: `Paused at ${at}, ${formatCount(now.waiting)} changes waiting`, tone: 'text-info' }
    case 'connecting':
      return { mark: '◔', text: 'Connecting', tone: 'text-muted' }
  }
}
