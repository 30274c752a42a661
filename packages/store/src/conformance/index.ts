import { describe } from 'vitest'
import { describeCommits } from './commits.ts'
import { describeFeed } from './feed.ts'
import { describeHistory } from './history.ts'
import { describeLease } from './lease.ts'
import { describeLossyLane } from './lossy-lane.ts'
import { describeObjects } from './objects.ts'
import type { OpenStore } from './store-under-test.ts'

export type { OpenStore, StoreUnderTest } from './store-under-test.ts'

/** What every store must do: each reply and each refusal of each call. `open` gives an empty store every time. */
export function describeStore(name: string, open: OpenStore): void {
  describe(name, () => {
    describeCommits(open)
    describeObjects(open)
    describeFeed(open)
    describeHistory(open)
    describeLease(open)
    describeLossyLane(open)
  })
}
