import { describe, expect, it } from 'vitest'
import { type MachineDefaults, readSettings } from './settings.ts'

const machine: MachineDefaults = {
  hostname: 'Web_3.Example',
  cpuCount: 4,
  memoryBytes: 8 * 2 ** 30,
  temporaryFolder: '/tmp',
  homeFolder: '/home/ann',
  isRoot: false,
  gpus: [],
}

function settingsOf(env: Record<string, string>) {
  const outcome = readSettings(env, machine)
  if (!outcome.ok) throw new Error(outcome.problems.join('\n'))
  return outcome.value
}
function problemsOf(env: Record<string, string>): readonly string[] {
  const outcome = readSettings(env, machine)
  return outcome.ok ? [] : outcome.problems
}

describe('settings', () => {
  it('take the GPUs that were found, those that are declared instead, or none', () => {
    const found = { ...machine, gpus: [{ model: 'T4', count: 2 }] }
    const gpusOf = (env: Record<string, string>) => {
      const outcome = readSettings(env, found)
      return outcome.ok ? outcome.value.capacity.gpus : outcome.problems
    }
    expect(gpusOf({})).toEqual([{ model: 'T4', count: 2 }])
    expect(gpusOf({ QD_GPUS: 'A100:4,T4' })).toEqual([
      { model: 'A100', count: 4 },
      { model: 'T4', count: 1 },
    ])
    expect(gpusOf({ QD_GPUS: 'none' })).toEqual([])
    expect(gpusOf({ QD_GPUS: 'A100:many' })).toEqual([expect.stringContaining('accepted is models with counts')])
  })

  it('have defaults that fit the machine', () => {
    expect(settingsOf({})).toMatchObject({
      controllers: ['http://127.0.0.1:7400'],
      nodeName: 'web_3.example',
      dataFolder: '/home/ann/.quarterdeck/agent',
      workFolder: '/home/ann/.quarterdeck/agent/work',
      capacity: { cpuMillis: 4_000, memoryBytes: 8 * 2 ** 30, taskSlots: 64 },
      handlerWorkers: 4,
    })
  })

  it('are read from the environment', () => {
    const env = {
      QD_CONTROLLERS: 'http://a:1, https://b:2',
      QD_LABELS: 'disk=ssd,spare',
      QD_CAPACITY_CPU: '1.5',
      QD_CAPACITY_MEMORY: '512MiB',
      QD_CAPACITY_SLOTS: '10',
    }
    expect(settingsOf(env)).toMatchObject({
      controllers: ['http://a:1', 'https://b:2'],
      labels: { disk: 'ssd', spare: '' },
      capacity: { cpuMillis: 1_500, memoryBytes: 512 * 2 ** 20, taskSlots: 10 },
    })
  })

  it.each([
    ['QD_CONTROLLERS', 'ftp://a', /QD_CONTROLLERS is "ftp:\/\/a"; accepted is one or more http/],
    ['QD_NODE_NAME', 'Web 3', /QD_NODE_NAME is "Web 3"; accepted is 1 to 63 characters/],
    ['QD_CAPACITY_SLOTS', '0', /QD_CAPACITY_SLOTS is "0"; accepted is a whole number from 1/],
    ['QD_CAPACITY_MEMORY', 'much', /QD_CAPACITY_MEMORY is "much"; accepted is a size/],
    ['QD_LABELS', 'A=b', /QD_LABELS is "A=b"; accepted is pairs/],
    ['QD_LOG_LEVEL', 'loud', /QD_LOG_LEVEL is "loud"; accepted is debug/],
    ['QD_ALLOW_CONTROLLER', 'true', /QD_CONTROLLER_ENTRY is not set/],
  ])('name %s, its value and what is accepted', (name, value, problem) => {
    expect(problemsOf({ [name]: value })).toEqual([expect.stringMatching(problem)])
  })

  it('are all checked at once, and a secret is never shown', () => {
    const problems = problemsOf({ QD_JOIN_TOKEN: 's3cret'.repeat(100), QD_ZONE: '?' })
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toMatch(/s3cret/)
  })

  it('give tasks of a root agent a folder that their users can reach', () => {
    const outcome = readSettings({ QD_DATA_DIR: '/root/qd' }, { ...machine, isRoot: true })
    expect(outcome).toMatchObject({ ok: true, value: { workFolder: '/tmp/quarterdeck-work-root-qd' } })
  })
})
