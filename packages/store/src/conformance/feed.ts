import { describe, expect, it } from 'vitest'
import { meta, type OpenStore, put, remove, useStore } from './store-under-test.ts'

export function describeFeed(open: OpenStore): void {
  describe('feed', () => {
    const test = useStore(open)
    const revisions = async (after: number, limit = 100) => {
      const page = await test.store.readFeed(after, limit, 0)
      return page.status === 'entries' ? page.entries.map(({ revision }) => revision) : page
    }
    const writeTasks = async (count: number) => {
      for (let i = 1; i <= count; i++) await test.write(put(`t${i}`, 0))
    }

    it('tells who, what and each object whole', async () => {
      const events = [
        { type: 'task.queued', subject: { kind: 'task', id: 'a' }, severity: 'info' as const, text: 'Queued "a"' },
      ]
      const told = { ...meta, events }
      await test.store.commit([test.commit({ meta: told, changes: [put('a', 0, '{"x":1}'), remove('b:c', 'any')] })])
      expect(await test.store.readFeed(0, 10, 0)).toEqual({
        status: 'entries',
        entries: [
          {
            revision: 1,
            meta: told,
            changes: [
              { op: 'put', kind: 'task', id: 'a', text: '{"x":1}' },
              { op: 'delete', kind: 'task', id: 'b:c' },
            ],
          },
        ],
      })
    })

    it('says of a cold kind only that it changed', async () => {
      await test.write({ op: 'put', kind: 'task-result', id: 'a', expect: 0, text: '"large"' })
      const page = await test.store.readFeed(0, 10, 0)
      expect(page).toMatchObject({ entries: [{ changes: [{ op: 'put', kind: 'task-result', id: 'a', text: null }] }] })
      expect(await test.store.get('task-result', 'a')).toMatchObject({ text: '"large"' })
    })

    it('has no entry for a commit that was refused', async () => {
      await test.write(put('a', 0))
      await test.write(put('a', 0))
      expect(await revisions(0)).toEqual([1])
    })

    it('gives what stands after a revision, oldest first, at most as many as asked', async () => {
      await writeTasks(5)
      expect(await revisions(0, 2)).toEqual([1, 2])
      expect(await revisions(2, 2)).toEqual([3, 4])
      expect(await revisions(4, 2)).toEqual([5])
      expect(await revisions(5)).toEqual([])
    })

    it('gives what stands before a revision, newest first', async () => {
      await writeTasks(5)
      const back = async (before: number) => (await test.store.readFeedBack(before, 2)).map(({ revision }) => revision)
      expect(await back(Number.MAX_SAFE_INTEGER)).toEqual([5, 4])
      expect(await back(4)).toEqual([3, 2])
      expect(await back(2)).toEqual([1])
      expect(await back(1)).toEqual([])
      expect(await back(0)).toEqual([])
    })

    it('waits for the first entry and gives it as soon as it is there', async () => {
      const waiting = test.other.readFeed(0, 10, 60_000)
      await test.write(put('a', 0))
      expect(await waiting).toMatchObject({ status: 'entries', entries: [{ revision: 1 }] })
    })

    it('does not wait when something is there', async () => {
      await writeTasks(2)
      expect(await test.store.readFeed(1, 10, 60_000)).toMatchObject({ entries: [{ revision: 2 }] })
    })

    it('gives nothing when nothing came within the wait', async () => {
      expect(await test.store.readFeed(0, 10, 20)).toEqual({ status: 'entries', entries: [] })
    })

    it('lets two readers of one client wait at the same time', async () => {
      const waiting = Promise.all([test.other.readFeed(0, 10, 300), test.other.readFeed(0, 10, 60_000)])
      await test.write(put('a', 0))
      expect((await waiting).map(({ status }) => status)).toEqual(['entries', 'entries'])
      expect((await waiting)[1]).toMatchObject({ entries: [{ revision: 1 }] })
    })

    it('trims nothing that no snapshot covers', async () => {
      await writeTasks(5)
      expect(await test.store.trimFeed(4)).toBe(0)
      await test.store.saveSnapshot(2, 'two')
      expect(await test.store.trimFeed(4)).toBe(2)
      expect(await revisions(2)).toEqual([3, 4, 5])
      expect(await test.store.feedLength()).toBe(3)
    })

    it('says that entries were trimmed instead of skipping them', async () => {
      await writeTasks(5)
      await test.store.saveSnapshot(3, 'three')
      await test.store.trimFeed(3)
      expect(await revisions(2)).toEqual({ status: 'trimmed', firstRevision: 4 })
      expect(await test.store.readFeed(2, 10, 20)).toEqual({ status: 'trimmed', firstRevision: 4 })
      expect(await revisions(3)).toEqual([4, 5])
      expect((await test.store.readFeedBack(5, 10)).map(({ revision }) => revision)).toEqual([4])
    })

    it('says so too when everything was trimmed', async () => {
      await writeTasks(2)
      await test.store.saveSnapshot(2, 'two')
      expect(await test.store.trimFeed(2)).toBe(2)
      expect(await revisions(1)).toEqual({ status: 'trimmed', firstRevision: 3 })
      expect(await test.store.readFeed(1, 10, 20)).toEqual({ status: 'trimmed', firstRevision: 3 })
      expect(await revisions(2)).toEqual([])
    })

    it('trims nothing twice, and never goes back', async () => {
      await writeTasks(3)
      await test.store.saveSnapshot(3, 'three')
      await test.store.trimFeed(2)
      expect(await test.store.trimFeed(2)).toBe(0)
      expect(await test.store.trimFeed(1)).toBe(0)
    })

    it('keeps snapshots by revision', async () => {
      for (const revision of [30, 4, 100]) await test.store.saveSnapshot(revision, `text of ${revision}`)
      expect(await test.other.listSnapshots()).toEqual([4, 30, 100])
      expect(await test.other.loadSnapshot(30)).toBe('text of 30')
      await test.store.dropSnapshot(30)
      expect(await test.other.listSnapshots()).toEqual([4, 100])
      expect(await test.other.loadSnapshot(30)).toBeNull()
    })
  })
}
