import { describe, expect, it } from 'vitest'
import { findDeadLinks, findLuaMismatches, findUnregistered } from './registries.mjs'

describe('registries', () => {
  const folder = 'packages/scheduler/src/strategies'

  it('names the file that its registry leaves out', () => {
    const files = new Map([
      [`${folder}/registry.ts`, "import { spread } from './spread.ts'\nexport const strategies = [spread]"],
      [`${folder}/spread.ts`, ''],
      [`${folder}/binpack.ts`, ''],
      [`${folder}/binpack.test.ts`, ''],
    ])
    expect(findUnregistered(files)).toEqual([`${folder}/registry.ts: does not list ${folder}/binpack.ts`])
  })

  it('accepts a registry one level up, and asks for one where there is none', () => {
    const up = "export { exec } from './drivers/exec.ts'"
    expect(
      findUnregistered(
        new Map([
          ['packages/agent/src/registry.ts', up],
          ['packages/agent/src/drivers/exec.ts', ''],
        ]),
      ),
    ).toEqual([])
    expect(findUnregistered(new Map([['packages/agent/src/drivers/exec.ts', '']]))).toEqual([
      'packages/agent/src/drivers: has no registry.ts',
    ])
  })
})

describe('Lua scripts', () => {
  const lua = `--[[
  take: takes one.

  KEYS[1]  lease    hash
  KEYS[2]  counter  string
  ARGV[1]  holder   id

  Returns  {'taken'}

  Atomic because it must be.
]]
return redis.call('HGET', KEYS[2], ARGV[1])`

  it('agrees when header, code and wrapper name the same counts', () => {
    expect(findLuaMismatches(script(lua, '{ keyCount: 2, argCount: 1, replySchema }'))).toEqual([])
  })

  it('names the count that differs', () => {
    expect(findLuaMismatches(script(lua, '{ keyCount: 3, argCount: 1 }'))).toEqual([
      expect.stringContaining('says keyCount 3, the header of the script 2'),
    ])
    expect(findLuaMismatches(script(lua, '{ keyCount: 2 }'))).toEqual([expect.stringContaining('argCount nowhere')])
  })

  it('names an argument that the code uses and the header does not', () => {
    const more = lua.replace('ARGV[1])', 'ARGV[2])')
    expect(findLuaMismatches(script(more, '{ keyCount: 2, argCount: 1 }'))).toEqual([
      expect.stringContaining('uses ARGV[2]'),
    ])
  })

  it('lets a script take any number', () => {
    const any = lua.replace('ARGV[1]  holder', 'ARGV[1+]  holder')
    expect(findLuaMismatches(script(any, "{ keyCount: 2, argCount: 'any' }"))).toEqual([])
  })

  it('asks for a wrapper, a header and its headings', () => {
    expect(findLuaMismatches(new Map([['x/a.lua', lua]]))).toEqual(['x/a.lua: has no wrapper a.ts beside it'])
    expect(findLuaMismatches(script('return 1', '{}'))).toEqual([expect.stringContaining('header comment')])
    expect(findLuaMismatches(script(lua.replace('Returns', ''), '{ keyCount: 2, argCount: 1 }'))).toEqual([
      expect.stringContaining('no line "Returns'),
    ])
  })

  function script(source, options) {
    const wrapper = `const script = defineScript(new URL('./take.lua', import.meta.url), ${options})`
    return new Map([
      ['packages/store-redis/src/scripts/take.lua', source],
      ['packages/store-redis/src/scripts/take.ts', wrapper],
    ])
  }
})

describe('links in docs', () => {
  it('finds files, folders and headings, and leaves code and other schemes alone', () => {
    const page =
      '# A page\n[a](b.md) [b](b.md#the-second-part) [c](../packages/) [d](#a-page) [e](mailto:x) `[f](no.md)`'
    const files = new Map([
      ['docs/a.md', page],
      ['docs/b.md', '## The second part'],
      ['packages/x.ts', ''],
    ])
    expect(findDeadLinks(files)).toEqual([])
  })

  it('names the link that leads nowhere', () => {
    const files = new Map([
      ['docs/a.md', '[a](none.md) [b](b.md#none)'],
      ['docs/b.md', ''],
    ])
    expect(findDeadLinks(files)).toEqual([
      'docs/a.md: links to none.md, which is not there',
      'docs/a.md: links to b.md#none, which has no such heading',
    ])
  })
})
