import { describe, expect, it } from 'vitest'
import { readFlags } from './flags.ts'

describe('the command line of the agent', () => {
  it('puts flags into the settings, over what the environment says', () => {
    expect(
      readFlags(['join', '--controllers', 'http://a,http://b', '--token=qdj_x_y='], {
        QD_CONTROLLERS: 'http://c',
        HOME: '/h',
      }),
    ).toEqual({
      ok: true,
      argv: ['join'],
      env: { HOME: '/h', QD_CONTROLLERS: 'http://a,http://b', QD_JOIN_TOKEN: 'qdj_x_y=' },
    })
  })

  it('leaves the words that are none', () => {
    expect(readFlags(['handler-worker', '/path/to/module.mjs'], {})).toMatchObject({
      ok: true,
      argv: ['handler-worker', '/path/to/module.mjs'],
    })
  })

  it.each([
    [['join', '--tokn', 'x'], /^--tokn is not known; accepted are --controllers --token /],
    [['join', '--token'], /^--token needs a value$/],
    [['join', '--token', '--zone', 'a'], /^--token needs a value$/],
  ])('says of %j what is wrong', (words, because) => {
    const read = readFlags(words, {})
    expect(read.ok ? '' : read.because).toMatch(because)
  })
})
