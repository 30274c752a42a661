import { limits, unixMsSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ReadCache } from '../cache/contract.ts'
import { readCache } from '../cache/read-cache.ts'
import { type Change, type Commit, OutcomeUnknown, type Store } from '../contract.ts'
import { memoryStore } from '../memory/index.ts'
import { type Committer, committer, Overloaded } from './committer.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const meta = { atMs: unixMsSchema.parse(1), actor: 'test', events: [] }

describe('committer', () => {
  let cache: ReadCache
  let writer: Committer
  let calls: (readonly Commit[])[]
  let hold: Promise<void>
  let release: () => void
  let fail: (error: Error) => void

  beforeEach(async () => {
    const inner = memoryStore(platform)
    calls = []
    hold = Promise.resolve()
    const store: Store = {
      ...inner,
      async commit(commits) {
        calls.push(commits)
        await hold
        return await inner.commit(commits)
      },
    }
    cache = readCache({ store, platform })
    await cache.start()
    writer = committer({ store, platform, cache })
  })
  afterEach(() => cache.stop())

  const holdCalls = () => {
    hold = new Promise((resolve, reject) => {
      release = resolve
      fail = reject
    })
  }
  const sizes = () => calls.map((commits) => commits.length)

  it('sends what is asked in one turn in one call, with a reply for each', async () => {
    const replies = await Promise.all([write('a', 0), write('b', 0), write('a', 0)])
    expect(sizes()).toEqual([3])
    expect(replies).toEqual([
      { status: 'committed', revision: 1 },
      { status: 'committed', revision: 2 },
      { status: 'conflict', kind: 'operation', id: 'a', revision: 1 },
    ])
  })

  it('has one call on the way, and sends what came meanwhile in the next', async () => {
    holdCalls()
    const first = write('a', 0)
    await turn()
    const rest = [write('b', 0), write('c', 0)]
    await turn()
    expect(sizes()).toEqual([1])
    expect(writer.waiting).toBe(2)
    release()
    await Promise.all([first, ...rest])
    expect(sizes()).toEqual([1, 2])
    expect(writer.waiting).toBe(0)
  })

  it('puts at most as many changes in a call as one commit may have', async () => {
    const size = limits.commitChangesMax / 2
    const commit = (name: string) =>
      writer.commit({ meta, changes: Array.from({ length: size }, (_, index) => put(`${name}${index}`, 0)) })
    await Promise.all([commit('a'), commit('b'), commit('c')])
    expect(sizes()).toEqual([2, 1])
  })

  it('keeps essential commits apart, so that a full store can take them and refuse the others', async () => {
    await Promise.all([
      write('a', 0),
      writer.commit({ changes: [put('b', 0)], meta, essential: true }),
      writer.commit({ changes: [put('c', 0)], meta, essential: true }),
      write('d', 0),
    ])
    expect(sizes()).toEqual([1, 2, 1])
  })

  it('refuses more than its limit, but never the priority lane, which does not wait for the other', async () => {
    holdCalls()
    const first = write('first', 0)
    await turn()
    const waiting = Array.from({ length: limits.scriptQueueMax }, (_, index) => write(`w${index}`, 0))
    await expect(write('more', 0)).rejects.toThrow(Overloaded)
    const urgent = writer.commit({ changes: [put('urgent', 0)], meta }, 'priority')
    await turn()
    expect(sizes()).toEqual([1, 1])
    release()
    expect((await urgent).status).toBe('committed')
    await Promise.all([first, ...waiting])
  })

  it('passes on that an outcome is unknown, and serves the next', async () => {
    holdCalls()
    const first = write('a', 0)
    await turn()
    fail(new OutcomeUnknown('no answer'))
    await expect(first).rejects.toThrow(OutcomeUnknown)
    hold = Promise.resolve()
    expect(await write('a', 0)).toMatchObject({ status: 'committed' })
  })

  it('commits in the history that the decision stood on', async () => {
    await write('a', 0)
    expect(calls[0]?.[0]?.historyId).toBe(cache.historyId)
  })

  function write(id: string, expect: Change['expect']) {
    return writer.commit({ changes: [put(id, expect)], meta })
  }
})

function put(id: string, expect: Change['expect']): Change {
  return { op: 'put', kind: 'operation', id, expect, text: '{"v":1}' }
}

/** Behind what the committer puts off by a turn: both wait in one line. A timer could come first. */
function turn(): Promise<void> {
  return new Promise((resolve) => platform.timers.soon(resolve))
}
