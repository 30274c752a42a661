import { type ControllerId, controllerIdSchema, incarnationSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import type { AcquireRequest, LeaseRecord } from '../contract.ts'
import { eventually, type OpenStore, put, useStore } from './store-under-test.ts'

const ONE = controllerIdSchema.parse('c1')
const TWO = controllerIdSchema.parse('c2')
const incarnationOf = (holder: ControllerId) => incarnationSchema.parse(`${holder}-life-1`)
const LONG_MS = 600_000

export function describeLease(open: OpenStore): void {
  describe('lease', () => {
    const test = useStore(open)

    const ask = (holder: ControllerId, parts: Partial<AcquireRequest> = {}): AcquireRequest => ({
      holder,
      incarnation: incarnationOf(holder),
      nonce: `${holder}-nonce`,
      ttlMs: LONG_MS,
      epochFloor: 0,
      ...parts,
    })
    const acquire = async (holder: ControllerId, parts: Partial<AcquireRequest> = {}): Promise<LeaseRecord> => {
      const reply = await test.store.lease.acquire(ask(holder, parts))
      expect(reply.status).toBe('acquired')
      return reply.record
    }
    const over = (record: LeaseRecord, because: 'presence-gone' | 'unchanged') => ({
      over: { nonce: record.nonce, seq: record.seq, because },
    })
    const lapse = () => eventually(async () => ((await test.store.lease.read())?.msLeft ?? 0) <= 0)

    it('is nobody’s at first', async () => {
      expect(await test.store.lease.read()).toBeNull()
    })

    it('goes to whoever asks first, and the next is told who holds it', async () => {
      const reply = await test.store.lease.acquire(ask(ONE))
      expect(reply).toMatchObject({ status: 'acquired', how: 'free', previous: null })
      expect(reply.record).toMatchObject({ holder: ONE, incarnation: 'c1-life-1', nonce: 'c1-nonce', seq: 0 })
      expect(reply.record.msLeft).toBe(LONG_MS)
      expect(reply.record.renewedAtMs).toBe(reply.record.sinceMs)
      const second = await test.other.lease.acquire(ask(TWO))
      expect(second).toMatchObject({ status: 'held', record: { holder: ONE, epoch: reply.record.epoch } })
    })

    it('has an epoch not below the time, above the floor and above the last one', async () => {
      const first = await acquire(ONE)
      expect(first.epoch).toBe(first.sinceMs)
      await test.store.lease.release(first)
      const floor = first.epoch + 1_000_000
      const second = await acquire(TWO, { epochFloor: floor })
      expect(second.epoch).toBe(floor + 1)
      await test.store.lease.release(second)
      expect((await acquire(ONE, { nonce: 'again' })).epoch).toBe(floor + 2)
    })

    it('recognises a retried acquire as itself', async () => {
      const first = await acquire(ONE)
      const again = await test.store.lease.acquire(ask(ONE))
      expect(again).toMatchObject({ status: 'acquired', how: 'again', previous: null })
      expect(again.record).toMatchObject({ epoch: first.epoch, nonce: first.nonce, seq: 1, sinceMs: first.sinceMs })
    })

    it('does not take another controller’s nonce for a retry', async () => {
      const first = await acquire(ONE)
      expect(await test.store.lease.acquire(ask(TWO, { nonce: first.nonce }))).toMatchObject({ status: 'held' })
    })

    it('is renewed by its holder only', async () => {
      const record = await acquire(ONE, { ttlMs: 300_000 })
      const renewed = await test.store.lease.renew(record, LONG_MS)
      expect(renewed).toMatchObject({ status: 'renewed', record: { epoch: record.epoch, seq: 1, msLeft: LONG_MS } })
      const wrongNonce = await test.store.lease.renew({ epoch: record.epoch, nonce: 'other' }, LONG_MS)
      expect(wrongNonce).toMatchObject({ status: 'lost', record: { holder: ONE, seq: 1 } })
      const wrongEpoch = await test.store.lease.renew({ epoch: record.epoch + 1, nonce: record.nonce }, LONG_MS)
      expect(wrongEpoch).toMatchObject({ status: 'lost', record: { holder: ONE, seq: 1 } })
    })

    it('can be taken once it has lapsed, and tells from whom', async () => {
      const first = await acquire(ONE, { ttlMs: 5 })
      await lapse()
      const reply = await test.other.lease.acquire(ask(TWO))
      expect(reply).toMatchObject({ status: 'acquired', how: 'lapsed', previous: { holder: ONE, epoch: first.epoch } })
      expect(reply.record.epoch).toBeGreaterThan(first.epoch)
      expect(await test.store.lease.renew(first, LONG_MS)).toMatchObject({ status: 'lost', record: { holder: TWO } })
    })

    it('may be renewed after it lapsed when nobody took it', async () => {
      const record = await acquire(ONE, { ttlMs: 5 })
      await lapse()
      expect(await test.store.lease.renew(record, LONG_MS)).toMatchObject({ status: 'renewed' })
    })

    it('is taken over when the candidate saw it unchanged, and not when it changed since', async () => {
      const seen = await acquire(ONE)
      await test.store.lease.renew(seen, LONG_MS)
      expect(await test.other.lease.acquire(ask(TWO, over(seen, 'unchanged')))).toMatchObject({ status: 'held' })
      const now = await test.other.lease.read()
      if (!now) throw new Error('the lease is held')
      const reply = await test.other.lease.acquire(ask(TWO, over(now, 'unchanged')))
      expect(reply).toMatchObject({ status: 'acquired', how: 'unchanged', previous: { holder: ONE } })
    })

    it('is not taken over while its holder is present, and is once it is gone', async () => {
      await test.store.presence.announce(incarnationOf(ONE))
      expect(await test.other.presence.isPresent(incarnationOf(ONE))).toBe(true)
      expect(await test.other.presence.isPresent(incarnationOf(TWO))).toBe(false)
      const held = await acquire(ONE)
      const request = ask(TWO, over(held, 'presence-gone'))
      expect(await test.other.lease.acquire(request)).toMatchObject({ status: 'held' })

      await test.store.close()
      await eventually(async () => !(await test.other.presence.isPresent(incarnationOf(ONE))))
      expect(await test.other.lease.acquire(request)).toMatchObject({ status: 'acquired', how: 'presence-gone' })
    })

    it('is not taken over by one who speaks of another record', async () => {
      const held = await acquire(ONE)
      const stale = { ...held, nonce: 'of-an-older-record' }
      expect(await test.other.lease.acquire(ask(TWO, over(stale, 'presence-gone')))).toMatchObject({ status: 'held' })
    })

    it('is handed over in one step, and the old holder is fenced at once', async () => {
      const first = await acquire(ONE)
      const to = { holder: TWO, incarnation: incarnationOf(TWO), nonce: 'given', ttlMs: LONG_MS }
      const reply = await test.store.lease.transfer(first, to)
      expect(reply).toMatchObject({ status: 'transferred', record: { holder: TWO, nonce: 'given', seq: 0 } })
      expect(reply.record?.epoch).toBeGreaterThan(first.epoch)
      expect(await test.store.lease.transfer(first, to)).toMatchObject({ status: 'lost', record: { holder: TWO } })
      const [write] = await test.store.commit([test.commit({ fence: first, changes: [put('a', 0)] })])
      expect(write).toEqual({ status: 'fenced', epoch: reply.record?.epoch })
    })

    it('is released by its holder only, and is then free', async () => {
      const record = await acquire(ONE)
      expect(await test.store.lease.release({ epoch: record.epoch, nonce: 'other' })).toBe(false)
      expect(await test.store.lease.release(record)).toBe(true)
      expect(await test.store.lease.read()).toBeNull()
      expect(await test.store.lease.release(record)).toBe(false)
      expect(await test.store.lease.renew(record, LONG_MS)).toEqual({ status: 'lost', record: null })
      expect(await test.store.lease.transfer(record, ask(TWO))).toEqual({ status: 'lost', record: null })
      expect(await test.other.lease.acquire(ask(TWO))).toMatchObject({ how: 'free', previous: null })
    })

    it('lets its holder write, and nobody else: epoch and nonce must both be equal', async () => {
      const record = await acquire(ONE)
      const write = async (epoch: number, nonce: string) => {
        const [reply] = await test.store.commit([test.commit({ fence: { epoch, nonce }, changes: [put('a', 'any')] })])
        return reply
      }
      expect(await write(record.epoch, record.nonce)).toMatchObject({ status: 'committed' })
      expect(await write(record.epoch, 'other')).toEqual({ status: 'fenced', epoch: record.epoch })
      expect(await write(record.epoch + 1, record.nonce)).toEqual({ status: 'fenced', epoch: record.epoch })
      expect(await write(record.epoch - 1, record.nonce)).toEqual({ status: 'fenced', epoch: record.epoch })
      await test.store.lease.release(record)
      expect(await write(record.epoch, record.nonce)).toEqual({ status: 'fenced', epoch: record.epoch })
    })

    it('fences when nobody ever held it', async () => {
      const [reply] = await test.store.commit([test.commit({ fence: { epoch: 1, nonce: 'n' } })])
      expect(reply).toEqual({ status: 'fenced', epoch: 0 })
    })
  })
}
