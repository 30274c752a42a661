import { describe, expect, it } from 'vitest'
import { OutcomeUnknown } from '../contract.ts'
import { HISTORY_JUMP } from '../history-jump.ts'
import { type OpenStore, put, useStore } from './store-under-test.ts'

export function describeHistory(open: OpenStore): void {
  describe('history', () => {
    const test = useStore(open)

    it('says whether the store holds no cluster', async () => {
      expect(await test.store.hello()).toMatchObject({ revision: 0, empty: true })
      await test.write(put('a', 0))
      expect(await test.store.hello()).toMatchObject({ revision: 1, empty: false })
    })

    it('stays the same for every hello of one life of the store', async () => {
      expect(await test.other.hello()).toMatchObject({ historyId: test.historyId, changed: false })
      expect(await test.store.hello()).toMatchObject({ historyId: test.historyId, changed: false })
    })

    it('begins again after a restart: revisions jump, writes of the old history are refused, nothing is lost', async () => {
      await test.write(put('a', 0, '"kept"'))
      await test.beginHistory()
      const hello = await test.store.hello()
      expect(hello.historyId).not.toBe(test.historyId)
      expect(hello.revision).toBe(1 + HISTORY_JUMP)
      expect(await test.store.get('task', 'a')).toMatchObject({ revision: 1, text: '"kept"' })
      expect(await test.write(put('b', 0))).toEqual({ status: 'history', historyId: hello.historyId })

      const [reply] = await test.store.commit([test.commit({ historyId: hello.historyId, changes: [put('b', 0)] })])
      expect(reply).toEqual({ status: 'committed', revision: 2 + HISTORY_JUMP })
    })

    it('is told to a reader of the feed before it reads on', async () => {
      await test.write(put('a', 0))
      await test.beginHistory()
      const { historyId } = await test.store.head()
      expect(await test.store.readFeed(1, 10, 0)).toEqual({ status: 'history', historyId })
      await test.store.hello()
      const page = await test.store.readFeed(1, 10, 0)
      expect(page).toMatchObject({
        entries: [{ revision: 1 + HISTORY_JUMP, meta: { actor: 'store', events: [{ type: 'store.history' }] } }],
      })
    })

    it('calls nothing durable that another history may lack', async () => {
      await test.write(put('a', 0))
      await test.store.durable(test.historyId)
      await test.beginHistory()
      const { historyId } = await test.other.hello()
      await expect(test.store.durable(test.historyId)).rejects.toThrow(OutcomeUnknown)
      await test.store.durable(historyId)
    })

    it('calls its listeners', async () => {
      const told: string[] = []
      const subscription = test.other.onHistory(({ historyId }) => told.push(historyId))
      await test.beginHistory()
      const { historyId } = await test.other.hello()
      expect(told).toEqual([historyId])
      subscription.cancel()
    })
  })
}
