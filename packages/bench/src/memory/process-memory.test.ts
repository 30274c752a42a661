import { describe, expect, it } from 'vitest'
import { addMemory, parseRollup } from './process-memory.ts'

const rollup = `00400000-7fff00000000 ---p 00000000 00:00 0    [rollup]
Rss:               65536 kB
Pss:               20480 kB
Pss_Anon:          10240 kB
Shared_Clean:      40960 kB
Private_Clean:      1024 kB
Private_Dirty:     10240 kB
`

describe('parseRollup', () => {
  it('counts clean and dirty pages of its own together, and does not take Pss_Anon for Pss', () => {
    expect(parseRollup(rollup)).toEqual({ rssMb: 64, pssMb: 20, ownMb: 11 })
  })

  it('adds up to twice as much for two such processes', () => {
    expect(addMemory(parseRollup(rollup), parseRollup(rollup))).toEqual({ rssMb: 128, pssMb: 40, ownMb: 22 })
  })
})
