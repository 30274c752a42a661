import { type HealthCheck, healthCheckSchema } from '@quarterdeck/domain'
import { manualPlatform } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import { type HealthVerdict, HealthWatch } from './health-watch.ts'

/** A watch over answers that the test gives, a second apart. */
function watch(check: Partial<HealthCheck>, answers: readonly boolean[]) {
  const platform = manualPlatform()
  const told: HealthVerdict[] = []
  const left = [...answers]
  const parsed = healthCheckSchema.parse({ type: 'tcp', port: 80, intervalMs: 1_000, startPeriodMs: 0, ...check })
  const health = new HealthWatch({
    platform,
    check: parsed,
    ask: () => Promise.resolve({ healthy: left.shift() ?? true, because: left.length.toString() }),
    onChange: (verdict) => told.push(verdict),
  })
  return { platform, health, told: () => told.map(({ healthy }) => healthy), left: () => left.length }
}

async function pass(platform: ReturnType<typeof manualPlatform>, looks: number, everyMs = 1_000) {
  for (let look = 0; look < looks; look++) {
    await platform.advance(everyMs)
  }
}

describe('a health watch', () => {
  it('tells the first success, and nothing more while nothing changes', async () => {
    const { platform, told } = watch({}, [true, true, true])
    await pass(platform, 3)
    expect(told()).toEqual([true])
  })

  it('gives up after so many failures in a row, not before', async () => {
    const { platform, told } = watch({ retries: 3 }, [true, false, false, true, false, false, false, false])
    await pass(platform, 6)
    expect(told()).toEqual([true])
    await pass(platform, 2)
    expect(told()).toEqual([true, false])
  })

  it('counts no failure of the start period, and looks more often then', async () => {
    const { platform, told, left } = watch({ startPeriodMs: 2_000, retries: 1 }, [false, false, false, false, false])
    await pass(platform, 3, 500)
    expect(told()).toEqual([])
    expect(left()).toBe(2)
    await pass(platform, 2)
    expect(told()).toEqual([false])
  })

  it('asks nothing once it is closed', async () => {
    const { platform, health, left } = watch({}, [true, true])
    health.close()
    await pass(platform, 3)
    expect(left()).toBe(2)
  })
})
