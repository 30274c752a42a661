import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readJobValues, taskOfTemplate } from './job-parameters.ts'
import { type JobTemplateSpecInput, jobTemplateSpecSchema } from './job-template.ts'
import { taskSubmitSchema } from './task-spec.ts'

function spec(more: Partial<JobTemplateSpecInput> = {}) {
  return jobTemplateSpecSchema.safeParse({
    name: 'backup',
    parameters: [
      { name: 'target', type: 'text', lengthMin: 1, lengthMax: 20 },
      { name: 'level', type: 'number', min: 1, max: 9, whole: true, default: 6 },
      { name: 'mode', type: 'choice', choices: ['full', 'part'], default: 'part' },
      { name: 'dry', type: 'boolean', default: false },
    ],
    task: {
      driver: 'exec',
      exec: { command: '/bin/tar', args: ['-{{level}}', '--{{mode}}', '{{target}}'], env: { DRY: '{{dry}}' } },
    },
    ...more,
  })
}

const template = (() => {
  const parsed = spec()
  if (!parsed.success) throw parsed.error
  return parsed.data
})()

const refusal = (given: Record<string, string | number | boolean>) => {
  const read = readJobValues(template.parameters, given)
  return read.ok ? null : `${read.error.field}: ${read.error.message}`
}

describe('the parameters of a job template', () => {
  it('take values of their type, as text too, and fill in defaults', () => {
    expect(readJobValues(template.parameters, { target: '/etc', level: '3', dry: 'true' })).toEqual({
      ok: true,
      value: { target: '/etc', level: 3, mode: 'part', dry: true },
    })
  })

  it('are refused with the field, the value and what is accepted', () => {
    expect(refusal({})).toBe('target: target must be given: text of 1 to 20 characters.')
    expect(refusal({ target: 'x', level: 12 })).toBe(
      'level: level 12 is not accepted: it must be a whole number from 1 to 9.',
    )
    expect(refusal({ target: 'x', mode: 'fast' })).toBe(
      'mode: mode "fast" is not accepted: it must be one of full, part.',
    )
    expect(refusal({ target: 'x', dry: 'maybe' })).toContain('true or false')
    expect(refusal({ target: 'x', speed: 1 })).toBe(
      'speed: There is no parameter speed; accepted: target, level, mode, dry.',
    )
  })

  it('each stay one argument, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (target) => {
        fc.pre(!target.includes('\0'))
        const read = readJobValues(template.parameters, { target })
        if (!read.ok) throw new Error(read.error.message)
        const task = taskSubmitSchema.parse(taskOfTemplate('backup', template, read.value))
        expect(task.exec?.args).toEqual(['-6', '--part', target])
        expect(task.exec?.env).toEqual({ DRY: 'false' })
        expect(task.name).toBe('backup')
      }),
    )
  })

  it('keep their type in the input of a handler', () => {
    const handler = { name: 'h', input: { n: '{{level}}', text: 'level {{level}}', deep: ['{{dry}}'] } }
    const parsed = jobTemplateSpecSchema.parse({
      name: 'x',
      parameters: template.parameters.filter(({ name }) => name === 'level' || name === 'dry'),
      task: { driver: 'handler', handler },
    })
    expect(taskOfTemplate('x', parsed, { level: 3, dry: true }).handler?.input).toEqual({
      n: 3,
      text: 'level 3',
      deep: [true],
    })
  })
})

describe('a job template', () => {
  const fault = (more: Partial<JobTemplateSpecInput>) => {
    const [issue] = spec(more).error?.issues ?? []
    return issue ? `${issue.path.join('.')}: ${issue.message}` : null
  }
  const exec = (command: string, args: string[] = [], shell = false) => ({
    driver: 'exec' as const,
    exec: { command, args, shell },
  })

  it('is refused when a value would become shell text', () => {
    const parameters = [{ name: 'f', type: 'text' as const }]
    expect(fault({ parameters, task: exec('rm {{f}}', [], true) })).toContain(
      'task.exec.command: {{f}} in shell text is not safe',
    )
  })

  it('is refused when a placeholder has no parameter, or a parameter no placeholder', () => {
    expect(fault({ parameters: [], task: exec('/bin/echo', ['{{x}}']) })).toBe(
      'task: {{x}} is none of its parameters (it has none)',
    )
    const parameters = [{ name: 'unused', type: 'boolean' as const }]
    expect(fault({ parameters, task: exec('/bin/true') })).toBe('parameters.0: {{unused}} stands nowhere in the task')
  })

  it('is refused when a default is not a value that it takes', () => {
    const parameters = [{ name: 'n', type: 'number' as const, max: 3, default: 5 }]
    expect(fault({ parameters, task: exec('/bin/echo', ['{{n}}']) })).toBe(
      'parameters.0.default: 5 is not a number of at most 3',
    )
  })
})
