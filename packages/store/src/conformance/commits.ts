import { limits } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { InvalidCommit } from '../contract.ts'
import { meta, type OpenStore, put, remove, useStore } from './store-under-test.ts'

export function describeCommits(open: OpenStore): void {
  describe('commit', () => {
    const test = useStore(open)

    it('gives each commit the next revision', async () => {
      expect(await test.write(put('a', 0))).toEqual({ status: 'committed', revision: 1 })
      expect(await test.write(put('b', 0))).toEqual({ status: 'committed', revision: 2 })
    })

    it('writes all objects of a commit with its revision', async () => {
      await test.write(put('a', 0, '"one"'), put('b', 0, '"two"'))
      expect(await test.store.get('task', 'a')).toEqual({ kind: 'task', id: 'a', revision: 1, text: '"one"' })
      expect(await test.store.get('task', 'b')).toEqual({ kind: 'task', id: 'b', revision: 1, text: '"two"' })
    })

    it('refuses an object that must not exist and does', async () => {
      await test.write(put('a', 0))
      expect(await test.write(put('a', 0))).toEqual({ status: 'conflict', kind: 'task', id: 'a', revision: 1 })
    })

    it('refuses an object that has another revision than expected, in either direction', async () => {
      await test.write(put('a', 0))
      await test.write(put('a', 1))
      expect(await test.write(put('a', 1))).toEqual({ status: 'conflict', kind: 'task', id: 'a', revision: 2 })
      expect(await test.write(put('a', 3))).toEqual({ status: 'conflict', kind: 'task', id: 'a', revision: 2 })
      expect(await test.write(put('gone', 7))).toEqual({ status: 'conflict', kind: 'task', id: 'gone', revision: 0 })
    })

    it('takes any revision when any is expected', async () => {
      await test.write(put('a', 'any', '"one"'))
      await test.write(put('a', 'any', '"two"'))
      expect(await test.store.get('task', 'a')).toMatchObject({ revision: 2, text: '"two"' })
    })

    it('deletes, and then the object must not exist again', async () => {
      await test.write(put('a', 0))
      expect(await test.write(remove('a', 1))).toEqual({ status: 'committed', revision: 2 })
      expect(await test.store.get('task', 'a')).toBeNull()
      expect(await test.write(put('a', 1))).toEqual({ status: 'conflict', kind: 'task', id: 'a', revision: 0 })
      expect(await test.write(put('a', 0))).toEqual({ status: 'committed', revision: 3 })
    })

    it('refuses to delete what has another revision', async () => {
      await test.write(put('a', 0))
      expect(await test.write(remove('a', 5))).toEqual({ status: 'conflict', kind: 'task', id: 'a', revision: 1 })
      expect(await test.store.get('task', 'a')).not.toBeNull()
    })

    it('writes nothing of a commit when one of its changes is refused', async () => {
      await test.write(put('a', 0))
      await test.write(put('new', 0), put('a', 0))
      expect(await test.store.get('task', 'new')).toBeNull()
      expect(await test.store.head()).toEqual({ historyId: test.historyId, revision: 1 })
    })

    it('names the first change that is refused', async () => {
      await test.write(put('a', 0), put('b', 0))
      expect(await test.write(put('b', 0), put('a', 0))).toMatchObject({ status: 'conflict', id: 'b' })
    })

    it('lets each commit of a batch stand alone and see those before it', async () => {
      const replies = await test.store.commit([
        test.commit({ changes: [put('a', 0)] }),
        test.commit({ changes: [put('a', 0)] }),
        test.commit({ changes: [put('a', 1)] }),
        test.commit({ changes: [remove('b', 9)] }),
      ])
      expect(replies).toEqual([
        { status: 'committed', revision: 1 },
        { status: 'conflict', kind: 'task', id: 'a', revision: 1 },
        { status: 'committed', revision: 2 },
        { status: 'conflict', kind: 'task', id: 'b', revision: 0 },
      ])
    })

    it('takes a commit without changes, and a batch without commits', async () => {
      expect(await test.write()).toEqual({ status: 'committed', revision: 1 })
      expect(await test.store.commit([])).toEqual([])
    })

    it('refuses a commit of another history', async () => {
      const reply = await test.store.commit([test.commit({ historyId: 'another', changes: [put('a', 0)] })])
      expect(reply).toEqual([{ status: 'history', historyId: test.historyId }])
      expect(await test.store.get('task', 'a')).toBeNull()
    })

    it('keeps texts as they are: long numbers, unicode, empty, binary-looking', async () => {
      const texts = ['{"n":12345678901234567890}', '"ñ ☃ 𝄞"', '', '12 "starts like a revision"', '"\\u0000\\n"']
      for (const [index, text] of texts.entries()) await test.write(put(`t${index}`, 0, text))
      const read = await Promise.all(texts.map((_, index) => test.store.get('task', `t${index}`)))
      expect(read.map((object) => object?.text)).toEqual(texts)
    })

    it('refuses a commit that changes an object twice, before anything is written', async () => {
      await expect(test.write(put('b', 0), put('a', 0), remove('a', 'any'))).rejects.toThrow(InvalidCommit)
      expect(await test.store.head()).toMatchObject({ revision: 0 })
    })

    it('takes as many changes as the limit says and not one more', async () => {
      const most = Array.from({ length: limits.commitChangesMax }, (_, index) => put(`t${index}`, 0))
      expect(await test.write(...most)).toEqual({ status: 'committed', revision: 1 })
      await expect(test.write(...most, put('more', 0))).rejects.toThrow(InvalidCommit)
    })

    it('refuses an expected revision that is no revision', async () => {
      await expect(test.write(put('a', -1))).rejects.toThrow(InvalidCommit)
      await expect(test.write(put('a', 1.5))).rejects.toThrow(InvalidCommit)
    })

    it('gives an essential commit no other result', async () => {
      const changes = [put('a', 0)]
      const [first] = await test.store.commit([test.commit({ essential: true, changes })])
      const [again] = await test.store.commit([test.commit({ essential: true, changes })])
      expect([first?.status, again?.status]).toEqual(['committed', 'conflict'])
    })

    it('writes what is audited where it can be read back, newest first', async () => {
      for (const action of ['nodes.cordon', 'nodes.drain', 'nodes.remove']) {
        const audited = { ...meta, audit: { action, target: 'node:web-3' } }
        await test.store.commit([test.commit({ meta: audited }), test.commit({})])
      }
      const [newest, ...older] = await test.store.readAudit(null, 2)
      expect(newest).toMatchObject({ revision: 5, meta: { actor: 'user:ana', audit: { action: 'nodes.remove' } } })
      expect(older.map(({ meta }) => meta.audit?.action)).toEqual(['nodes.drain'])
      const rest = await test.store.readAudit(older[0]?.position ?? null, 10)
      expect(rest.map(({ meta }) => meta.audit?.action)).toEqual(['nodes.cordon'])
    })
  })
}
