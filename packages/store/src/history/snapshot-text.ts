import { type Kind, kindNames, kinds, type Stored } from '@quarterdeck/domain'
import { type Platform, sleep } from '@quarterdeck/platform'
import type { ReadCache } from '../cache/contract.ts'
import type { Store, StoredText } from '../contract.ts'

/** One object per line, `<kind> <id> <revision> <json>`, after a line that says which format this is. */
const FORMAT = 'quarterdeck-snapshot 1'

/** Objects written between two breaths: about 5 ms of work, so that beats and leases never wait for a snapshot. */
const SLICE_OBJECTS = 1_000

/**
 * Stores all objects of the cache's revision. Null when the cache is not exact at this moment (an own write has run ahead of the feed):
 * try again later.
 */
export async function takeSnapshot(
  cache: ReadCache,
  { store, platform }: { readonly store: Store; readonly platform: Platform },
): Promise<number | null> {
  if (!cache.isExact) return null
  const { revision } = cache
  // Taken in one go; the texts follow in slices. Objects are never changed in place, so they stay those of this revision.
  const objects: Stored[] = []
  for (const kind of kindNames) {
    if (!kinds[kind].cold) for (const object of cache.all(kind).values()) objects.push(object)
  }

  const slices = [`${FORMAT}\n`]
  for (let start = 0; start < objects.length; start += SLICE_OBJECTS) {
    slices.push(
      objects
        .slice(start, start + SLICE_OBJECTS)
        .map(asLine)
        .join(''),
    )
    await sleep(platform.timers, 0)
  }
  await store.saveSnapshot(revision, slices.join(''))
  return revision
}

export function parseSnapshot(text: string): readonly StoredText[] {
  const [format, ...lines] = text.split('\n')
  if (format !== FORMAT) throw new Error(`a snapshot begins with "${FORMAT}", not "${format?.slice(0, 40)}"`)
  return lines.filter((line) => line !== '').map(parseLine)
}

function asLine({ kind, id, revision, value }: Stored): string {
  return `${kind} ${id} ${revision} ${JSON.stringify(value)}\n`
}

function parseLine(line: string): StoredText {
  const kindEnd = line.indexOf(' ')
  const idEnd = line.indexOf(' ', kindEnd + 1)
  const revisionEnd = line.indexOf(' ', idEnd + 1)
  return {
    kind: line.slice(0, kindEnd) as Kind,
    id: line.slice(kindEnd + 1, idEnd),
    revision: Number(line.slice(idEnd + 1, revisionEnd)),
    text: line.slice(revisionEnd + 1),
  }
}
