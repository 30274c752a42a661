import type { Command } from '@quarterdeck/domain/wire'
import { describe, expect, it } from 'vitest'
import { createOutbox } from './outbox.ts'

const command = (reason: string): Command => ({ kind: 'goaway', reason, spreadMs: 0 })

async function readAll(commands: AsyncIterable<Command>): Promise<string[]> {
  const reasons: string[] = []
  for await (const one of commands) if (one.kind === 'goaway') reasons.push(one.reason)
  return reasons
}

describe('an outbox', () => {
  it('gives out in order what was pushed before and while it is read', async () => {
    const outbox = createOutbox(10_000)
    outbox.push(command('a'))
    const aborting = new AbortController()
    const reasons: string[] = []
    for await (const one of outbox.drain(aborting.signal)) {
      if (one.kind === 'goaway') reasons.push(one.reason)
      if (reasons.length === 1) outbox.push(command('b'))
      if (reasons.length === 2) aborting.abort()
    }
    expect(reasons).toEqual(['a', 'b'])
  })

  it('ends for a reader that lets too much wait, and takes nothing more', async () => {
    const outbox = createOutbox(300)
    const taken = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((reason) => outbox.push(command(reason)))
    expect(taken.slice(0, 4)).toEqual([true, true, true, true])
    expect(taken.at(-1)).toBe(false)
    expect(await readAll(outbox.drain(new AbortController().signal))).toEqual([])
  })

  it('frees its room as it is read', async () => {
    const outbox = createOutbox(100)
    const reading = outbox.drain(new AbortController().signal)
    for (let round = 0; round < 20; round++) {
      expect(outbox.push(command(String(round)))).toBe(true)
      expect((await reading.next()).value).toEqual(command(String(round)))
    }
    outbox.end()
    expect((await reading.next()).done).toBe(true)
  })
})
