import { type ClusterEvent, drainPlanSchema, handoffTicketSchema, type Kind, limits, ok } from '@quarterdeck/domain'
import type { Change } from '@quarterdeck/store'
import { ownMeta } from '../actor.ts'
import { erase } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'

/** Ended operations that stay for people to look up. */
const OPERATIONS_KEPT = 500
const PAGE = 500
/** Some room below the most that one commit takes. */
const CHANGES_MAX = limits.commitChangesMax - 10

/** Removes what has served its time: old operations, spent sign-ins, and nodes that have been gone for a day. Applying it twice changes nothing. */
export async function collectExpired(core: Core): Promise<void> {
  await commitDraft(
    core,
    () => {
      const nodes = goneNodes(core)
      const changes = [...nodes.map(({ change }) => change), ...oldOperations(core), ...endedSessions(core)].slice(0, CHANGES_MAX)
      return ok({ value: null, changes, meta: ownMeta(core, nodes.slice(0, changes.length).map(({ event }) => event)) })
    },
    { asLeader: true },
  )
  await collectCold(core, 'plan', planEndsAtMs)
  await collectCold(core, 'handoff-ticket', ticketEndsAtMs)
}

/** The credential stays: a machine that was off for a week comes back by itself. Only `remove` takes its identity. */
function goneNodes(core: Core): { readonly change: Change; readonly event: ClusterEvent }[] {
  const nowMs = core.platform.clock.unixMs()
  return [...core.cache.all('node').values()].flatMap(({ id, revision, value }) => {
    const isGone = value.health === 'down' || value.health === 'left'
    const isOld = nowMs - value.healthSinceMs > core.timings.nodeCollectAfterMs
    if (!isGone || !isOld || core.tasks.onNode(value.id).size > 0) return []
    const hours = Math.round((nowMs - value.healthSinceMs) / 3_600_000)
    const text = `node ${id} forgotten: ${value.health} for ${hours} h. It comes back when its agent does.`
    return [
      {
        change: erase('node', id, revision),
        event: { type: 'node.collected', subject: { kind: 'node', id }, severity: 'notice', text } as const,
      },
    ]
  })
}

function oldOperations(core: Core): Change[] {
  const ended = [...core.cache.all('operation').values()].filter(({ value }) => value.state !== 'running')
  ended.sort((a, b) => (b.value.endedAtMs ?? 0) - (a.value.endedAtMs ?? 0))
  return ended.slice(OPERATIONS_KEPT).map(({ id, revision }) => erase('operation', id, revision))
}

function endedSessions(core: Core): Change[] {
  const nowMs = core.platform.clock.unixMs()
  const ended = [...core.cache.all('user-session').values()].filter(({ value }) => value.expiresAtMs <= nowMs)
  return ended.map(({ id, revision }) => erase('user-session', id, revision))
}

/** Kinds that are not in the cache are paged through. What cannot be read has served its time too. */
async function collectCold(core: Core, kind: Kind, endsAtMs: (value: unknown) => number): Promise<void> {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Core['store']['page']>> = await core.store.page(kind, cursor, PAGE)
    const nowMs = core.platform.clock.unixMs()
    const ended = page.objects.filter(({ text }) => endsAtMs(JSON.parse(text)) < nowMs)
    const changes = ended.slice(0, CHANGES_MAX).map(({ id, revision }) => erase(kind, id, revision))
    await commitDraft(core, () => ok({ value: null, changes, meta: ownMeta(core) }), { asLeader: true })
    cursor = page.next
  } while (cursor !== null)
}

function planEndsAtMs(value: unknown): number {
  const plan = drainPlanSchema.safeParse(value)
  return plan.success ? plan.data.computedAtMs + limits.planKeptMs : 0
}

function ticketEndsAtMs(value: unknown): number {
  const ticket = handoffTicketSchema.safeParse(value)
  return ticket.success ? ticket.data.expiresAtMs : 0
}
