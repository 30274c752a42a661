import type { Fence } from '@quarterdeck/domain/wire'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { judgeFence } from './fence.ts'

const fence = (epoch: number, nonce: string): Fence => ({ shard: 'main', epoch, nonce })

it.each([
  ['the first leader that is seen', undefined, fence(1, 'a'), { obey: true, newer: true }],
  ['the same leader again', fence(5, 'a'), fence(5, 'a'), { obey: true, newer: false }],
  ['a newer leader', fence(5, 'a'), fence(6, 'b'), { obey: true, newer: true }],
])('obeys %s', (_, known, offered, verdict) => {
  expect(judgeFence(known, offered)).toEqual(verdict)
})

it.each([
  ['a deposed leader', fence(5, 'a'), fence(4, 'z'), /epoch 4 of shard main is over: this node has seen 5/],
  ['a second leader with the same epoch', fence(5, 'a'), fence(5, 'b'), /nonce differs/],
])('refuses %s', (_, known, offered, because) => {
  expect(judgeFence(known, offered)).toEqual({ obey: false, because: expect.stringMatching(because) })
})

it('never obeys two leaders of one epoch, in whatever order orders arrive', () => {
  const orders = fc.array(fc.record({ epoch: fc.nat(4), nonce: fc.constantFrom('a', 'b') }), { maxLength: 20 })
  fc.assert(
    fc.property(orders, (arriving) => {
      let known: Fence | undefined
      const obeyed = new Map<number, string>()
      for (const { epoch, nonce } of arriving) {
        const offered = fence(epoch, nonce)
        if (!judgeFence(known, offered).obey) continue
        known = offered
        expect(obeyed.get(epoch) ?? nonce).toBe(nonce)
        obeyed.set(epoch, nonce)
      }
    }),
  )
})
