import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { scripts } from './scripts/registry.ts'

const folder = new URL('./scripts/', import.meta.url)
const luaFiles = readdirSync(folder).filter((name) => name.endsWith('.lua'))
const nameOf = (file: URL) => file.pathname.split('/').at(-1) ?? ''

describe('the registry', () => {
  it('names every Lua file, and each has its wrapper beside it', () => {
    expect([...new Set(scripts.map(({ file }) => nameOf(file)))].sort()).toEqual(luaFiles.sort())
    const wrappers = readdirSync(folder)
    for (const name of luaFiles) expect(wrappers).toContain(name.replace('.lua', '.ts'))
  })
})

describe.each(luaFiles)('%s', (name) => {
  const source = readFileSync(new URL(name, folder), 'utf8')
  const [header = '', body = ''] = source.split(']]\n')
  const numbers = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((m) => Number(m[1])))]
  const documented = numbers(header, /^ {2}KEYS\[(\d+)\]/gm)

  it('begins with the line that lets Redis refuse it before it starts', () => {
    expect(source).toMatch(/^#!lua( flags=[a-z,-]+)?\n--\[\[\n/)
  })

  it('says its name, what it returns, and why it must be atomic', () => {
    expect(header).toContain(`  ${name.replace('.lua', '')}: `)
    expect(header).toMatch(/^ {2}Returns {2}/m)
    expect(header).toMatch(/^ {2}Atomic because /m)
  })

  it('documents as many keys as its wrapper passes, counted from 1', () => {
    const script = scripts.find(({ file }) => nameOf(file) === name)
    expect(documented).toEqual(Array.from({ length: script?.keyCount ?? 0 }, (_, index) => index + 1))
  })

  it('uses no key and no argument that its header does not name', () => {
    for (const used of numbers(body, /KEYS\[(\d+)\]/g)) expect(documented).toContain(used)
    for (const used of numbers(body, /ARGV\[(\d+)\]/g)) {
      expect(numbers(header, /^ {2}ARGV\[(\d+)\]/gm)).toContain(used)
    }
  })

  it('never turns a number into text except by string.format', () => {
    expect(body).not.toMatch(/tostring|cjson/)
  })
})
