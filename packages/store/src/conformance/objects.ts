import { describe, expect, it } from 'vitest'
import { type OpenStore, put, useStore } from './store-under-test.ts'

export function describeObjects(open: OpenStore): void {
  describe('get and page', () => {
    const test = useStore(open)

    it('gives null for what is not there', async () => {
      expect(await test.store.get('node', 'nobody')).toBeNull()
    })

    it('keeps kinds apart', async () => {
      await test.write(put('same', 0), { op: 'put', kind: 'node', id: 'same', expect: 0, text: '"a node"' })
      expect(await test.store.get('node', 'same')).toMatchObject({ kind: 'node', text: '"a node"' })
      expect(await test.store.get('task', 'same')).toMatchObject({ kind: 'task' })
    })

    it('shows one client what another wrote', async () => {
      await test.write(put('a', 0))
      expect(await test.other.get('task', 'a')).toMatchObject({ revision: 1 })
    })

    it('ends at once where there is nothing', async () => {
      expect(await test.store.page('operation', null, 10)).toEqual({ objects: [], next: null })
    })

    it('visits every object of a kind, page by page', async () => {
      const ids = Array.from({ length: 300 }, (_, index) => `t${index}`)
      // Long enough that Redis does not pack the hash, which it would give back whole.
      const text = JSON.stringify('x'.repeat(100))
      await test.write(...ids.map((id) => put(id, 0, text)))
      const seen = new Map<string, number>()
      let pages = 0
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<typeof test.store.page>> = await test.store.page('task', cursor, 50)
        for (const { id, revision } of page.objects) seen.set(id, revision)
        cursor = page.next
        pages += 1
      } while (cursor !== null)
      expect([...seen.keys()].sort()).toEqual(ids.sort())
      expect(new Set(seen.values())).toEqual(new Set([1]))
      expect(pages).toBeGreaterThan(1)
    })

    it('answers a ping, and says that all is as safe as it can be', async () => {
      await test.write(put('a', 0))
      await test.store.durable((await test.store.head()).historyId)
      expect(await test.store.ping()).toBeGreaterThanOrEqual(0)
    })
  })
}
