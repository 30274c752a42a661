/** What is known of the stream at one moment. Ages in milliseconds, on the browser's monotonic clock. */
export type StreamFacts = {
  readonly everConnected: boolean
  readonly isOpen: boolean
  readonly frameAgeMs: number
  readonly behindMs: number
  readonly attempt: number
  readonly lostForMs: number
  readonly catchingUp: { readonly sent: number; readonly total: number } | null
  readonly isPaused: boolean
  readonly changesWaiting: number
}

export type Freshness =
  | { readonly state: 'live'; readonly ageMs: number }
  | { readonly state: 'catching-up'; readonly sent: number; readonly total: number }
  | { readonly state: 'delayed'; readonly ageMs: number }
  | { readonly state: 'reconnecting'; readonly attempt: number; readonly lostForMs: number }
  | { readonly state: 'disconnected'; readonly lostForMs: number }
  | { readonly state: 'paused'; readonly waiting: number }
  | { readonly state: 'connecting' }

export const DELAYED_AFTER_MS = 2_000
export const LOST_AFTER_MS = 5_000
export const DISCONNECTED_AFTER_MS = 30_000
export const ATTEMPTS_BEFORE_DISCONNECTED = 8

/** The one word about how current the page is. A pause is the reader's own wish and says so, even while the stream is away. */
export function freshness(facts: StreamFacts): Freshness {
  if (facts.isPaused) return { state: 'paused', waiting: facts.changesWaiting }
  if (!facts.everConnected && facts.attempt === 0) return { state: 'connecting' }
  if (!facts.isOpen) {
    if (facts.lostForMs > DISCONNECTED_AFTER_MS || facts.attempt >= ATTEMPTS_BEFORE_DISCONNECTED) {
      return { state: 'disconnected', lostForMs: facts.lostForMs }
    }
    return { state: 'reconnecting', attempt: facts.attempt, lostForMs: facts.lostForMs }
  }
  if (facts.catchingUp) return { state: 'catching-up', ...facts.catchingUp }
  const ageMs = Math.max(facts.frameAgeMs, facts.behindMs > DELAYED_AFTER_MS ? facts.behindMs : 0)
  return ageMs > DELAYED_AFTER_MS ? { state: 'delayed', ageMs } : { state: 'live', ageMs: facts.frameAgeMs }
}

/** Whether what the page shows is only the last known state, so that every status must say so. */
export function isLastKnown(state: Freshness['state']): boolean {
  return state === 'disconnected'
}
