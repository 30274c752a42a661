import type { JobParameter } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { jobCommand, jobFormOf, valuesOf } from './job-form.ts'

const parameters: readonly JobParameter[] = [
  { name: 'folder', type: 'text', description: '', default: null, lengthMin: 1, lengthMax: 500 },
  { name: 'level', type: 'number', description: '', default: 6, min: 1, max: 9, whole: true },
  { name: 'dry', type: 'boolean', description: '', default: null },
]

describe('the form of a job', () => {
  it('opens with defaults and sends only what is given', () => {
    const form = jobFormOf(parameters)
    expect(form).toEqual({ folder: '', level: '6', dry: 'false' })
    expect(valuesOf(parameters, { ...form, level: ' 3 ' })).toEqual({ level: '3', dry: 'false' })
  })

  it('says the same as a command', () => {
    expect(jobCommand('backup', { folder: '/etc; ls', level: '3' })).toEqual([
      ...['job', 'run', 'backup', '-p', 'folder=/etc; ls', '-p', 'level=3'],
    ])
  })
})
