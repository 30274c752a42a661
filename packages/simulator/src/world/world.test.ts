import { describe, expect, it } from 'vitest'
import { startProcess } from './sim-process.ts'
import { createWorld, type World } from './world.ts'

function processIn(world: World, { rate = 1 } = {}) {
  return startProcess({ world, name: 'p', clock: { rate, jumpMs: 0 }, onLog: () => {} })
}

describe('world', () => {
  it('carries out events by time, then by order of adding', async () => {
    const world = createWorld(1)
    const order: string[] = []
    world.after(20, () => order.push('late'))
    world.after(10, () => order.push('early'))
    world.after(10, () => order.push('early, added second'))
    await world.run(100)
    expect(order).toEqual(['early', 'early, added second', 'late'])
    expect(world.nowMs()).toBe(100)
  })

  it('settles all promises of one event before the next one at the same moment', async () => {
    const world = createWorld(1)
    const order: string[] = []
    world.after(1, () => {
      void Promise.resolve()
        .then(() => {})
        .then(() => order.push('promise of the first'))
    })
    world.after(1, () => order.push('second'))
    await world.run(2)
    expect(order).toEqual(['promise of the first', 'second'])
  })

  it('forbids the real clock and real chance during a run, and only then', async () => {
    const world = createWorld(1)
    const refusals: string[] = []
    const attempt = (act: () => unknown) => {
      try {
        act()
      } catch (error) {
        refusals.push(String(error))
      }
    }
    world.after(1, () => {
      attempt(() => Date.now())
      attempt(() => new Date())
      attempt(() => Math.random())
      attempt(() => setTimeout(() => {}, 1))
      attempt(() => crypto.randomUUID())
      attempt(() => performance.now())
    })
    await world.run(2)
    expect(refusals).toHaveLength(6)
    expect(Date.now()).toBeGreaterThan(0)
    expect(world.crashes).toEqual([])
  })

  it('reports what an event throws and what nobody catches', async () => {
    const world = createWorld(1)
    world.after(1, () => {
      throw new Error('thrown')
    })
    world.after(2, () => {
      void Promise.reject(new Error('rejected'))
    })
    await world.run(3)
    expect(world.crashes.map((crash) => crash.split('\n')[0])).toEqual(['Error: thrown', 'Error: rejected'])
  })
})

describe('process', () => {
  it('lets its timers wait while it stands still, and fires them in order when it wakes', async () => {
    const world = createWorld(1)
    const process = processIn(world)
    const fired: string[] = []
    process.platform.timers.after(10, () => fired.push(`a at ${world.nowMs()}`))
    process.platform.timers.after(20, () => fired.push(`b at ${world.nowMs()}`))
    process.pause()
    world.after(50, () => process.resume())
    await world.run(100)
    expect(fired).toEqual(['a at 50', 'b at 50'])
  })

  it('takes its timers along when it is killed', async () => {
    const world = createWorld(1)
    const process = processIn(world)
    let fired = false
    process.platform.timers.after(10, () => {
      fired = true
    })
    process.kill()
    await world.run(100)
    expect(fired).toBe(false)
  })

  it('measures time with its own clock', async () => {
    const world = createWorld(1)
    const process = processIn(world, { rate: 1.05 })
    let firedAtMs = 0
    process.platform.timers.after(105, () => {
      firedAtMs = world.nowMs()
    })
    await world.run(200)
    expect(firedAtMs).toBeCloseTo(100)
    expect(process.platform.clock.monotonicMs()).toBeCloseTo(210)
  })
})
