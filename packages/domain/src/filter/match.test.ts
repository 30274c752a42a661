import { describe, expect, it } from 'vitest'
import { compileFilter, type FilterFields } from './match.ts'
import { parseFilter, splitWords } from './parse.ts'

type Machine = {
  readonly name: string
  readonly status: string
  readonly load: number | null
  readonly labels: Record<string, string>
}

const fields: FilterFields<Machine> = {
  name: { kind: 'text', of: (machine) => [machine.name] },
  status: { kind: 'choice', choices: ['ready', 'down', 'suspect'], of: (machine) => [machine.status] },
  load: { kind: 'number', of: (machine) => machine.load },
  label: { kind: 'labels', of: (machine) => machine.labels },
}

const machines: readonly Machine[] = [
  { name: 'web-1', status: 'ready', load: 91, labels: { gpu: 'a100' } },
  { name: 'web-2', status: 'down', load: null, labels: {} },
  { name: 'db-1', status: 'suspect', load: 12, labels: { canary: 'true' } },
]

function found(text: string): string[] {
  const filter = compileFilter(parseFilter(text), fields)
  return machines.filter(filter.matches).map((machine) => machine.name)
}

describe('a filter', () => {
  it.each([
    ['', ['web-1', 'web-2', 'db-1']],
    ['web', ['web-1', 'web-2']],
    ['-web', ['db-1']],
    ['status:down,suspect', ['web-2', 'db-1']],
    ['-label:canary status:suspect,down name~/web-\\d+/', ['web-2']],
    ['load:>80', ['web-1']],
    ['load:<=12', ['db-1']],
    ['-load:>80', ['db-1']],
    ['label:gpu=a100', ['web-1']],
    ['-label:gpu', ['web-2', 'db-1']],
    ['name:web-*', ['web-1', 'web-2']],
    ['name:*-1', ['web-1', 'db-1']],
    ['"web-1"', ['web-1']],
  ])('%j finds %j', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  it.each([
    ['statsu:down', 'There is no field "statsu". Fields: name, status, load, label.'],
    ['status:dwon', 'status:dwon: "dwon" is not one of ready, down, suspect.'],
    ['load:>many', 'load:>many: "many" is not a number'],
    ['name~/(a/', 'name~/(a/: A "(" of the pattern is not closed.'],
    ['status:', 'status:: a value is missing after the colon'],
    ['name:>3', 'name:>3: only numbers can be compared with >.'],
  ])('%s is a problem, and matches nothing rather than everything', (text, problem) => {
    const filter = compileFilter(parseFilter(text), fields)
    expect(filter.problems).toEqual([problem])
    expect(machines.some(filter.matches)).toBe(false)
  })

  it('keeps spaces inside quotes and patterns together', () => {
    expect(splitWords('label:"a b" name~/x y/ z')).toEqual(['label:"a b"', 'name~/x y/', 'z'])
  })
})
