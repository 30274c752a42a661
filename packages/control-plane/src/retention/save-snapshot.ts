import { kindNames, limits } from '@quarterdeck/domain'
import type { AnyStored } from '@quarterdeck/store'
import type { Core } from '../core.ts'

/** Objects turned into text per turn of the loop: a snapshot of a large cluster must not hold up beats. */
const OBJECTS_PER_TURN = 500

/**
 * Stores all objects as of one revision, so that the feed before it may be trimmed: one JSON text per line, first a header. Objects of
 * cold kinds are not in it; they are fetched by id for as long as what names them exists.
 *
 * @returns the revision, or null when the cache does not stand exactly at one
 */
export async function saveSnapshot(core: Core): Promise<number | null> {
  const { cache } = core
  if (!cache.complete || !cache.isExact) return null
  const { revision, historyId } = cache
  // Values are never changed in place, so this copy of references is the state at this instant.
  const objects: AnyStored[] = kindNames.flatMap((kind) => [...cache.all(kind).values()] as AnyStored[])

  const lines = [
    JSON.stringify({ v: 1, historyId, revision, atMs: core.platform.clock.unixMs(), objects: objects.length }),
  ]
  for (let at = 0; at < objects.length; at += OBJECTS_PER_TURN) {
    for (const object of objects.slice(at, at + OBJECTS_PER_TURN)) lines.push(JSON.stringify(object))
    await nextTurn(core)
  }
  await core.store.saveSnapshot(revision, lines.join('\n'))

  const kept = await core.store.listSnapshots()
  for (const old of [...kept].sort((a, b) => b - a).slice(limits.snapshotsKept)) await core.store.dropSnapshot(old)
  return revision
}

function nextTurn(core: Core): Promise<void> {
  return new Promise((resolve) => core.platform.timers.soon(resolve))
}
