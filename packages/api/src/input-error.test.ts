import { taskSubmitSchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { inputError } from './input-error.ts'

const schema = z.strictObject({
  id: z.string().regex(/^[a-z]+$/, 'must be letters a-z'),
  count: z.number().int().min(1).max(10).optional(),
  mode: z.enum(['wait', 'now']).optional(),
  names: z.array(z.string()).max(2).optional(),
  password: z.string().min(12).optional(),
})

describe('the sentence for a refused input', () => {
  it.each([
    [{ id: 'Web 3' }, 'id "Web 3" is not accepted: it must be letters a-z.'],
    [{ id: 7 }, 'id 7 is not accepted: it must be a string.'],
    [{}, 'id is missing; it must be a string.'],
    [{ id: 'a', count: 0 }, 'count 0 is not accepted: it must be at least 1.'],
    [{ id: 'a', count: 11 }, 'count 11 is not accepted: it must be at most 10.'],
    [{ id: 'a', count: 1.5 }, 'count 1.5 is not accepted: it must be a whole number.'],
    [{ id: 'a', mode: 'later' }, 'mode "later" is not accepted: it must be one of "wait", "now".'],
    [{ id: 'a', names: ['a', 'b', 'c'] }, 'names (3 entries) is not accepted: it must have at most 2 entries.'],
    [{ id: 'a', more: 1 }, 'The input has a field that does not exist: "more".'],
    ['text', 'The input "text" is not accepted: it must be an object.'],
    [undefined, 'The input is missing; it must be an object.'],
  ])('of %j is: %s', (input, message) => {
    expect(refuse(schema, input)).toMatchObject({ code: 'bad_input', message })
  })

  it('never repeats a password', () => {
    const { message, field } = refuse(schema, { id: 'a', password: 'hunter2' })
    expect(message).toBe('password is not accepted: it must have at least 12 characters.')
    expect(field).toBe('password')
  })

  it('shortens a long value', () => {
    expect(refuse(schema, { id: 'X'.repeat(9_000) }).message.length).toBeLessThan(200)
  })

  it('counts what else is wrong', () => {
    expect(refuse(schema, { id: 7, count: 0 }).message).toMatch(/ 1 more field is wrong\.$/)
  })

  it.each([
    [{ name: 'x', driver: 'exec' }, 'driver'],
    [{ name: 'x', driver: 'exec', exec: { command: 'a\0b' } }, 'exec.command'],
    [
      { name: 'x', driver: 'exec', exec: { command: 'a' }, resources: { cpuMillis: -1, memoryBytes: 1 } },
      'resources.cpuMillis',
    ],
    [{ name: 'x', driver: 'exec', exec: { command: 'a' }, labels: { 'Bad Key': 'x' } }, 'labels.Bad Key'],
    [{ name: 'x', driver: 'exec', exec: { command: 'a', env: { '1X': 'x' } } }, 'exec.env.1X'],
  ])('names the field of a task that is wrong: %j', (input, field) => {
    const error = refuse(taskSubmitSchema, input)
    expect(error.field).toBe(field)
    expect(error.message).toMatch(/^[^\n]+\.$/)
  })
})

function refuse(accepted: z.ZodType, input: unknown) {
  const parsed = accepted.safeParse(input)
  if (parsed.success) throw new Error('was accepted')
  return inputError(parsed.error.issues, input)
}
