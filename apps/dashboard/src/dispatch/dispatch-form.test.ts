import { describe, expect, it } from 'vitest'
import { dispatchCommand } from './dispatch-command.ts'
import { emptyDispatchForm } from './dispatch-form.ts'
import { prefillOf, readPrefill } from './prefill.ts'
import { readDispatchForm, readNeeds, splitArguments } from './read-dispatch-form.ts'

const form = { ...emptyDispatchForm, command: '/bin/echo', args: 'hello "two words"' }

describe('the dispatch form', () => {
  it('becomes what the API accepts', () => {
    const { submit, problems } = readDispatchForm({
      ...form,
      needs: 'disk=ssd,nvme -canary',
      timeLimit: '1h30m',
      env: 'A=1\nB=x=y',
    })
    expect(problems).toEqual({})
    expect(submit).toMatchObject({
      name: 'echo',
      driver: 'exec',
      exec: { command: '/bin/echo', args: ['hello', 'two words'], env: { A: '1', B: 'x=y' } },
      constraints: [
        { label: 'disk', operator: 'in', values: ['ssd', 'nvme'] },
        { label: 'canary', operator: 'missing', values: [] },
      ],
      timeouts: { runMs: 5_400_000 },
      resources: { cpuMillis: 100, memoryBytes: 64 * 2 ** 20 },
    })
  })

  it.each([
    ['cpu', { cpu: 'many' }],
    ['memory', { memory: 'lots' }],
    ['timeLimit', { timeLimit: 'soon' }],
    ['args', { args: 'an "open quote' }],
    ['env', { env: 'no equals sign' }],
    ['needs', { needs: 'disk=' }],
    ['priority', { priority: '101' }],
    ['workingFolder', { workingFolder: 'relative' }],
    ['input', { driver: 'handler', handler: 'resize', input: '{' }],
    ['handler', { driver: 'handler' }],
  ] as const)('says what is wrong with %s', (field, change) => {
    const { submit, problems } = readDispatchForm({ ...form, ...change })
    expect(submit).toBeNull()
    expect(problems[field]).toBeTruthy()
  })

  it('says nothing about failures unless somebody chose', () => {
    expect(readDispatchForm(form).submit?.faults).toBeUndefined()
    const chosen = { ...form, onFailure: 'failsafe', fallback: '{"rows":0}', obeysBreaker: false } as const
    const { submit } = readDispatchForm(chosen)
    expect(submit?.faults).toEqual({ strategy: 'failsafe', breaker: false, fallbackValue: { rows: 0 } })
    expect(submit ? dispatchCommand(submit).join(' ') : '').toContain(
      '--on-failure failsafe --fallback {"rows":0} --no-breaker',
    )
    const call = readDispatchForm({ ...form, fallbackJob: 'backup level=3' })
    expect(call.submit?.faults?.fallbackJob).toEqual({ id: 'backup', values: { level: '3' } })
    expect(call.submit ? dispatchCommand(call.submit).join(' ') : '').toContain('--fallback-job backup level=3')
    expect(readDispatchForm({ ...form, fallbackJob: 'backup level' }).problems.fallbackJob).toContain('cannot be read')
    expect(readDispatchForm({ ...form, fallback: '{' }).problems.fallback).toBe('This is not JSON.')
  })

  it('writes the command that does the same', () => {
    const { submit } = readDispatchForm({ ...form, needs: 'gpu -canary' })
    const words = submit ? dispatchCommand(submit) : []
    expect(words.slice(0, 4)).toEqual(['task', 'run', '--name', 'echo'])
    expect(words.slice(-4)).toEqual(['--', '/bin/echo', 'hello', 'two words'])
    expect(words.filter((_, index) => words[index - 1] === '--label')).toEqual(['gpu', '!canary'])
  })
})

it.each([
  ['a b', ['a', 'b']],
  [`a 'b c' "d\\"e"`, ['a', 'b c', 'd"e']],
  ['a\\ b', ['a b']],
  ['""', ['']],
  ['"', null],
])('%j splits into %j', (text, words) => expect(splitArguments(text)).toEqual(words))

it('reads no label out of nonsense', () => {
  expect(readNeeds('=x')).toContain('is not a label')
})

describe('a link to a filled form', () => {
  it('carries what was typed, but nothing that may be secret', () => {
    const text = prefillOf({ ...form, env: 'TOKEN=abc', input: '{"secret":1}' })
    expect(text).not.toContain('abc')
    expect(text).not.toContain('secret')
    expect({ ...emptyDispatchForm, ...readPrefill(text) }).toEqual(form)
  })

  it('ignores what it does not know', () => {
    expect(readPrefill('{"command":1,"evil":"x","name":"ok"}')).toEqual({ name: 'ok' })
    expect(readPrefill('not json')).toEqual({})
  })
})
