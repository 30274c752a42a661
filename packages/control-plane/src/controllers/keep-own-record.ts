import { type Controller, type NodeId, ok } from '@quarterdeck/domain'
import { sleep } from '@quarterdeck/platform'
import { ownMeta } from '../actor.ts'
import { put } from '../change.ts'
import { commitDraft } from '../commit-draft.ts'
import type { Core } from '../core.ts'

const RETRY_MS = 500

export type OwnRecord = {
  /** Says that this controller lives, and says it again whenever the record says something else. */
  start(): void
  /** A planned stop: the others need not wonder. */
  leave(): Promise<void>
}

/** Keeps the object of this controller true. The leader writes `down` into it when it is silent; one that is not dead objects. */
export function keepOwnRecord(core: Core, nodeId: NodeId | null): OwnRecord {
  const startedAtMs = core.platform.clock.unixMs()
  let isLeaving = false
  let isWriting = false

  function isRight(): boolean {
    const own = core.cache.get('controller', core.id)?.value
    return own?.incarnation === core.incarnation && own.state === 'live' && own.url === core.url
  }

  /**
   * Two processes were given one id. The one that started later keeps it: writing against each other would never end. A life that is
   * not there any more is no rival, whatever its wall clock said.
   */
  async function isTaken(): Promise<boolean> {
    const own = core.cache.get('controller', core.id)?.value
    const isLater = own?.state === 'live' && own.incarnation !== core.incarnation && own.startedAtMs > startedAtMs
    return isLater && (await core.store.presence.isPresent(own.incarnation).catch(() => true))
  }

  async function write(state: Controller['state']): Promise<boolean> {
    const done = await commitDraft(core, () => {
      const stored = core.cache.get('controller', core.id)
      const before = stored?.value
      const nowMs = core.platform.clock.unixMs()
      const { id, incarnation, url, version } = core
      const next: Controller = { v: 1, id, incarnation, state, sinceMs: nowMs, startedAtMs, url, version, nodeId }
      const text =
        state === 'left'
          ? `${id} stopped as planned`
          : before?.incarnation === incarnation
            ? `${id} is back`
            : `${id} started at ${url}`
      const event = {
        type: `controller.${state}`,
        subject: { kind: 'controller', id },
        severity: 'notice',
        text,
      } as const
      return ok({
        value: null,
        changes: [put('controller', next, stored?.revision ?? 0)],
        meta: ownMeta(core, [event]),
      })
    })
    return done.ok
  }

  async function set(): Promise<void> {
    if (isWriting) return
    isWriting = true
    while (!isLeaving && !isRight()) {
      if (await isTaken()) {
        const { id } = core
        core.platform.log.warn('another process runs under the id of this controller; give each its own', { id })
      } else if (core.cache.complete && (await write('live'))) break
      await sleep(core.platform.timers, RETRY_MS)
    }
    isWriting = false
  }

  return {
    start() {
      core.cache.subscribe((change) => {
        const concerns =
          change.kind === 'reset' || change.changes.some(({ kind, id }) => kind === 'controller' && id === core.id)
        if (concerns && !isRight()) void set()
      })
      void set()
    },
    async leave() {
      isLeaving = true
      await write('left')
    },
  }
}
