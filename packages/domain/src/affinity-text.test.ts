import { describe, expect, it } from 'vitest'
import { parseAffinity, parseSpreadOver, parseTaskAffinity } from './affinity-text.ts'
import { writeAffinity, writeSpreadOver, writeTaskAffinity } from './affinity-writing.ts'

describe('a wish on one line', () => {
  it.each([
    ['disk=ssd', { label: 'disk', operator: 'in', values: ['ssd'], weight: 50 }],
    ['80:disk=ssd|nvme', { label: 'disk', operator: 'in', values: ['ssd', 'nvme'], weight: 80 }],
    ['-20:disk!=ssd', { label: 'disk', operator: 'not-in', values: ['ssd'], weight: -20 }],
    ['gpu', { label: 'gpu', operator: 'exists', values: [], weight: 50 }],
    ['7:!gpu', { label: 'gpu', operator: 'missing', values: [], weight: 7 }],
    ['image=foo:1.2', { label: 'image', operator: 'in', values: ['foo:1.2'], weight: 50 }],
  ])('%s is read, and what is written is read as the same', (text, wish) => {
    const read = parseAffinity(text)
    expect(read).toEqual(wish)
    expect(read && parseAffinity(writeAffinity(read))).toEqual(wish)
  })

  it.each(['', '0:disk=ssd', '101:gpu', '5:', 'disk=', '!disk=ssd', 'GPU'])('%j is not accepted', (text) => {
    expect(parseAffinity(text)).toBeNull()
  })

  it.each([
    ['cache', { how: 'with', job: 'cache', within: 'node' }],
    ['cache@zone', { how: 'with', job: 'cache', within: 'zone' }],
    ['30:cache@rack', { how: 'with', job: 'cache', within: 'rack', weight: 30 }],
  ])('%s names the job and the label that is shared', (text, tie) => {
    const read = parseTaskAffinity('with', text)
    expect(read).toEqual(tie)
    expect(read && parseTaskAffinity('with', writeTaskAffinity(read))).toEqual(tie)
  })

  it.each(['', 'ca che', '-5:cache', '0:cache', 'cache@', 'cache@Zone'])('%j names no job', (text) => {
    expect(parseTaskAffinity('apart', text)).toBeNull()
  })

  it.each([
    ['zone', { label: 'zone', skewMax: 1 }],
    ['rack=3', { label: 'rack', skewMax: 3 }],
    ['40:rack=2', { label: 'rack', skewMax: 2, weight: 40 }],
  ])('%s says over what and how unevenly', (text, spread) => {
    const read = parseSpreadOver(text)
    expect(read).toEqual(spread)
    expect(read && parseSpreadOver(writeSpreadOver(read))).toEqual(spread)
  })

  it.each(['', 'zone=0', 'zone=a', 'zone=1.5', '-1:zone'])('%j is no spread', (text) => {
    expect(parseSpreadOver(text)).toBeNull()
  })
})
