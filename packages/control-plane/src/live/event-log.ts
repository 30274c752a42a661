import { type ClusterEvent, type CommitMeta, clusterError, type FeedEvent, fail, limits, ok } from '@quarterdeck/domain'
import { storeError } from '../commit-draft.ts'
import type { EventsService } from '../contract.ts'
import type { Core } from '../core.ts'

const SCAN_ENTRIES = 500
/** How many feed entries one request may look through for a rare event before it hands back a cursor. */
const SCAN_ENTRIES_MAX = 20_000

/** Events of one commit with their place in the feed. */
export function eventsOf(revision: number, meta: CommitMeta): FeedEvent[] {
  return meta.events.map((event, index) => ({
    ...event,
    id: `${revision}.${index}`,
    revision,
    atMs: meta.atMs,
    actor: meta.actor,
    ...(meta.audit?.reason ? { reason: meta.audit.reason } : {}),
  }))
}

/** The event log and the audit log, read backwards from the feed. */
export function createEventsService(core: Core): EventsService {
  return {
    async list(input) {
      const start = input.before === undefined ? null : parseEventId(input.before)
      if (start === undefined) {
        return fail(
          clusterError('bad_input', `before "${input.before}" is not the id of an event.`, { field: 'before' }),
        )
      }
      const limit = Math.min(input.limit, limits.pageSizeMax)
      const found: FeedEvent[] = []
      let beforeRevision = start === null ? Number.MAX_SAFE_INTEGER : start.revision + 1
      try {
        for (let scanned = 0; scanned < SCAN_ENTRIES_MAX; scanned += SCAN_ENTRIES) {
          const entries = await core.store.readFeedBack(beforeRevision, SCAN_ENTRIES)
          for (const entry of entries) {
            for (const event of eventsOf(entry.revision, entry.meta).reverse()) {
              if (start && event.revision === start.revision && indexOf(event) >= start.index) continue
              if (!wanted(event, input)) continue
              found.push(event)
              if (found.length === limit) return ok({ events: found, next: event.id })
            }
            beforeRevision = entry.revision
          }
          if (entries.length < SCAN_ENTRIES) return ok({ events: found, next: null })
        }
      } catch (error) {
        return fail(storeError(error))
      }
      return ok({ events: found, next: `${beforeRevision}.0` })
    },

    async audit({ limit, before }) {
      try {
        const records = await core.store.readAudit(before ?? null, Math.min(limit, limits.pageSizeMax))
        const entries = records.flatMap(({ position, meta }) =>
          meta.audit ? [{ ...meta.audit, id: position, atMs: meta.atMs, actor: meta.actor }] : [],
        )
        return ok({ entries, next: records.length < limit ? null : (records.at(-1)?.position ?? null) })
      } catch (error) {
        return fail(storeError(error))
      }
    },
  }
}

function wanted(event: FeedEvent, input: Parameters<EventsService['list']>[0]): boolean {
  if (input.types && !input.types.some((type) => event.type === type || event.type.startsWith(`${type}.`))) return false
  if (input.subject && (event.subject.kind !== input.subject.kind || event.subject.id !== input.subject.id))
    return false
  if (input.text && !matchesText(event, input.text.toLowerCase())) return false
  return true
}

function matchesText(event: ClusterEvent & { readonly actor: string }, text: string): boolean {
  return `${event.type} ${event.subject.id} ${event.text} ${event.actor}`.toLowerCase().includes(text)
}

function parseEventId(id: string): { readonly revision: number; readonly index: number } | undefined {
  const match = /^(\d{1,15})\.(\d{1,4})$/.exec(id)
  return match ? { revision: Number(match[1]), index: Number(match[2]) } : undefined
}

function indexOf(event: FeedEvent): number {
  return Number(event.id.split('.')[1])
}
