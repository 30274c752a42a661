import { type NodeId, nodeIdSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { StoreAway } from '../contract.ts'
import { eventually, type OpenStore, useStore } from './store-under-test.ts'

export function describeLossyLane(open: OpenStore): void {
  describe('beats and telemetry', () => {
    const test = useStore(open)
    const nodes = (...names: string[]): NodeId[] => names.map((name) => nodeIdSchema.parse(name))

    it('remembers the last beat of each node and leaves the feed alone', async () => {
      await test.store.recordBeats(nodes('web-1', 'web-2'))
      const first = await test.other.readBeats()
      expect([...first.keys()].sort()).toEqual(['web-1', 'web-2'])
      await test.store.recordBeats([])
      await eventually(async () => {
        await test.store.recordBeats(nodes('web-1'))
        const beats = await test.other.readBeats()
        return (beats.get(nodes('web-1')[0] as NodeId) ?? 0) > (first.get(nodes('web-1')[0] as NodeId) ?? 0)
      })
      expect(await test.store.head()).toMatchObject({ revision: 0 })
    })

    it('brings a message to every client, its sender too, until it is cancelled', async () => {
      const heard: string[] = []
      const mine = await test.store.subscribeTelemetry((message) => heard.push(`store ${message}`))
      await test.other.subscribeTelemetry((message) => heard.push(`other ${message}`))
      await test.store.publishTelemetry('load')
      await eventually(async () => heard.length === 2)
      expect(heard.sort()).toEqual(['other load', 'store load'])

      mine.cancel()
      await test.other.publishTelemetry('again')
      await eventually(async () => heard.length === 3)
      expect(heard.at(-1)).toBe('other again')
    })

    it('is away once closed', async () => {
      await test.other.close()
      await expect(test.other.head()).rejects.toThrow(StoreAway)
      await expect(test.other.lease.read()).rejects.toThrow(StoreAway)
      await expect(test.other.readFeed(0, 1, 10)).rejects.toThrow(StoreAway)
    })
  })
}
