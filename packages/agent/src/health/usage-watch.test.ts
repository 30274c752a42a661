import { manualPlatform } from '@quarterdeck/testkit'
import { describe, expect, it } from 'vitest'
import type { UsageNow } from '../driver.ts'
import { UsageWatch } from './usage-watch.ts'

/** Looks a second apart, at readings that the test gives; the last one goes on. */
async function told(readings: readonly (UsageNow | null)[]): Promise<(number | null)[]> {
  const platform = manualPlatform()
  const cpuMillis: (number | null)[] = []
  const left = [...readings]
  const watch = new UsageWatch({
    platform,
    everyMs: 1_000,
    measure: () => Promise.resolve((left.length > 1 ? left.shift() : left[0]) ?? null),
    onChange: (amounts) => cpuMillis.push(amounts.cpuMillis),
  })
  for (let look = 1; look < readings.length; look++) await platform.advance(1_000)
  watch.close()
  await platform.advance(5_000)
  return cpuMillis
}
const used = (cpuMs: number, memoryBytes = 0): UsageNow => ({ cpuMs, memoryBytes })

describe('a usage watch', () => {
  it('tells thousandths of a core over the last interval', async () => {
    expect(await told([used(0), used(500)])).toEqual([500])
  })

  it('says nothing while nothing changes by more than noise', async () => {
    expect(await told([used(0), used(500), used(1_010), used(1_500)])).toEqual([500])
  })

  it('tells a change of CPU and a change of memory', async () => {
    expect(await told([used(0), used(500), used(500), used(500, 64 * 1024 * 1024)])).toEqual([500, 0, 0])
  })

  it('makes no number of a process that ended and took its count with it, nor of what cannot be read', async () => {
    expect(await told([used(1_000), used(100), null, used(300)])).toEqual([])
  })
})
