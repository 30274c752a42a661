import {
  type Deletion,
  reapAccess,
  reapBroadcasts,
  reapIdempotency,
  reapKeptPlans,
  reapNodes,
  reapOperations,
  reapStrategyStates,
  reapTasks,
  reapWorkflows,
} from '@quarterdeck/controllers'
import { type Kind, kinds, limits, type ObjectOf, ok } from '@quarterdeck/domain'
import { ownMeta } from '../actor.ts'
import { erase } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'

const PAGE = 500
/** A task goes with its spec, result and decisions, so a commit takes fewer tasks than changes; some room stays below the limit. */
const DELETIONS_PER_COMMIT = limits.commitChangesMax - 20

/** Removes what has served its time, as the controllers package decides it. Applying it twice changes nothing. */
export async function collectExpired(core: Core): Promise<void> {
  const nowMs = core.platform.clock.unixMs()
  const tasksOnNodes = new Set(core.tasks.nodes())
  const idleNodes = values(core, 'node').filter((node) => !tasksOnNodes.has(node.id))
  await erasing(core, [
    ...reapNodes({ nodes: idleNodes, controllers: values(core, 'controller') }, core.timings, nowMs),
    ...reapStrategyStates(values(core, 'strategy-state'), (id) => core.cache.get('node', id) !== undefined),
    ...reapTasks(values(core, 'task'), nowMs),
    ...reapBroadcasts(values(core, 'broadcast'), nowMs),
    ...reapWorkflows(
      {
        workflows: values(core, 'workflow'),
        versions: values(core, 'workflow-version'),
        runs: values(core, 'workflow-run'),
      },
      nowMs,
    ),
    ...reapOperations({ plans: [], operations: values(core, 'operation') }, nowMs),
    ...reapAccess(
      {
        sessions: values(core, 'user-session'),
        tickets: [],
        apiTokens: values(core, 'api-token'),
        joinTokens: values(core, 'join-token'),
      },
      nowMs,
    ),
  ])
  const none = { sessions: [], apiTokens: [], joinTokens: [] }
  await eachPage(core, 'handoff-ticket', (tickets) => reapAccess({ ...none, tickets }, nowMs))
  await eachPage(core, 'plan', (plans) => reapOperations({ plans, operations: [] }, nowMs))
  await eachPage(core, 'act-plan', (plans) => reapKeptPlans('act-plan', plans, nowMs))
  await eachPage(core, 'loss-plan', (plans) => reapKeptPlans('loss-plan', plans, nowMs))
  await eachPage(core, 'service-plan', (plans) => reapKeptPlans('service-plan', plans, nowMs))
  await eachPage(core, 'dispatch-plan', (plans) => reapKeptPlans('dispatch-plan', plans, nowMs))
  await eachPage(core, 'idempotency', (keys) => reapIdempotency(keys, (id) => core.cache.get('task', id)?.value, nowMs))
}

function values<K extends Kind>(core: Core, kind: K): ObjectOf<K>[] {
  return [...core.cache.all(kind).values()].map((stored) => stored.value)
}

/** Kinds that are not in the cache are paged through. What cannot be read is left alone. */
async function eachPage<K extends Kind>(
  core: Core,
  kind: K,
  reap: (objects: ObjectOf<K>[]) => Deletion[],
): Promise<void> {
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Core['store']['page']>> = await core.store.page(kind, cursor, PAGE)
    const objects = page.objects.flatMap(({ text }) => {
      const parsed = kinds[kind].schema.safeParse(JSON.parse(text))
      return parsed.success ? [parsed.data as ObjectOf<K>] : []
    })
    await erasing(core, reap(objects))
    cursor = page.next
  } while (cursor !== null)
}

/** In slices, each its own commit: an object of the cache that changed since is left for the next look. */
async function erasing(core: Core, deletions: readonly Deletion[]): Promise<void> {
  for (let at = 0; at < deletions.length; at += DELETIONS_PER_COMMIT) {
    const slice = deletions.slice(at, at + DELETIONS_PER_COMMIT)
    await commitDraft(
      core,
      () =>
        ok({
          value: null,
          // A cold object has one writer and no revision here; it goes whatever it says now.
          changes: slice.flatMap(({ kind, id }) => {
            if (kinds[kind].cold) return [erase(kind, id, 'any')]
            const stored = core.cache.get(kind, id)
            return stored ? [erase(kind, id, stored.revision)] : []
          }),
          meta: ownMeta(
            core,
            slice.flatMap(({ event }) => event ?? []),
          ),
        }),
      { asLeader: true },
    )
  }
}
