import { manualPlatform } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { NamedTimers } from './named-timers.ts'

const DAY_MS = 24 * 3_600_000

describe('named timers', () => {
  it('keep a timeout of 30 days, which is longer than a timer of Node can be', async () => {
    const platform = manualPlatform()
    const asked: number[] = []
    const after: typeof platform.timers.after = (ms, act) => {
      asked.push(ms)
      return platform.timers.after(ms, act)
    }
    const timers = new NamedTimers<'run'>({ ...platform.timers, after })
    let fired = 0
    timers.set('run', 30 * DAY_MS, () => fired++)
    await platform.advance(30 * DAY_MS - 1)
    expect(fired).toBe(0)
    await platform.advance(1)
    expect(fired).toBe(1)
    expect(asked.every((ms) => ms < 2 ** 31)).toBe(true)
  })

  it('move when they are set again, and are silent once cleared', async () => {
    const platform = manualPlatform()
    const timers = new NamedTimers<'kill' | 'run'>(platform.timers)
    const fired: string[] = []
    timers.set('kill', 100, () => fired.push('early'))
    timers.set('run', 100, () => fired.push('run'))
    timers.set('kill', 300, () => fired.push('late'))
    await platform.advance(200)
    expect(fired).toEqual(['run'])
    timers.clearAll()
    await platform.advance(200)
    expect(fired).toEqual(['run'])
  })
})
