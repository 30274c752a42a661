import { api } from '../api/client.ts'

/** Tickets hold for 5 minutes; fetched again well before. */
const TICKET_REFRESH_MS = 4 * 60_000
const PROBE_TIMEOUT_MS = 1_000
const RESUME_TIMEOUT_MS = 2_000

type Ticket = { readonly controllerId: string; readonly url: string; readonly ticket: string }

/**
 * Keeps one hand-off ticket per other controller while this one answers, and moves the page there when it does not.
 * The ticket makes the peer set its own cookie for the same session, so nobody signs in again.
 */
export class HandOff {
  private tickets: readonly Ticket[] = []
  private fetchedAtMs = Number.NEGATIVE_INFINITY
  private isMoving = false

  get peers(): readonly string[] {
    return this.tickets.map((ticket) => ticket.controllerId)
  }

  /** Fetches tickets when the ones held are old, or always when `now`: a peer may have come or gone. */
  async refresh(now = false): Promise<void> {
    if (!now && performance.now() - this.fetchedAtMs < TICKET_REFRESH_MS) return
    this.fetchedAtMs = performance.now()
    try {
      this.tickets = await api.auth.tickets.mutate()
    } catch {
      // Tried again with the next refresh; the tickets held so far stay usable until they expire.
      this.fetchedAtMs = Number.NEGATIVE_INFINITY
    }
  }

  /** Whether the controller that served this page still answers. */
  async isOwnControllerThere(): Promise<boolean> {
    try {
      const reply = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) })
      return reply.ok
    } catch {
      return false
    }
  }

  /** Goes to the first peer that accepts its ticket, with the same path and query. Returns only when none did. */
  async move(): Promise<void> {
    if (this.isMoving) return
    this.isMoving = true
    for (const ticket of this.tickets) {
      if (!(await redeem(ticket))) continue
      const { pathname, search, hash } = window.location
      window.location.replace(new URL(pathname + search + hash, ticket.url).href)
      return
    }
    this.isMoving = false
  }
}

async function redeem({ url, ticket }: Ticket): Promise<boolean> {
  try {
    const reply = await fetch(new URL('/auth/resume', url), {
      method: 'POST',
      credentials: 'include',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket }),
      signal: AbortSignal.timeout(RESUME_TIMEOUT_MS),
    })
    return reply.ok
  } catch {
    return false
  }
}
