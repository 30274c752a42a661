import type { AuditEntry, FeedEvent, Outcome } from '@quarterdeck/domain'

export type EventsService = {
  /** Newest first. */
  list(input: {
    readonly limit: number
    readonly before?: string
    readonly types?: readonly string[]
    readonly subject?: { readonly kind: string; readonly id: string }
    readonly text?: string
  }): Promise<Outcome<{ readonly events: readonly FeedEvent[]; readonly next: string | null }>>
  audit(input: { readonly limit: number; readonly before?: string }): Promise<
    Outcome<{
      readonly entries: readonly (AuditEntry & { readonly id: string; readonly atMs: number; readonly actor: string })[]
      readonly next: string | null
    }>
  >
}
