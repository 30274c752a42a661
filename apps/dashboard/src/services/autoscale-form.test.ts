import { autoscalePolicySchema } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { formOf, readForm } from './autoscale-form.ts'

describe('the form of autoscaling', () => {
  it('gives back the policy that it was filled from', () => {
    const policy = autoscalePolicySchema.parse({
      min: 2,
      max: 9,
      metrics: [{ kind: 'cpu' }, { kind: 'queue', job: 'resize', perReplica: 10 }],
      down: { stabiliseMs: 120_000, replicasMax: 2 },
      everyMs: 5_000,
    })
    const read = readForm(formOf(policy), policy)
    expect('policy' in read && autoscalePolicySchema.parse(read.policy)).toEqual(policy)
  })

  it.each([
    ['max', '0', /most replicas/],
    ['min', '9', /least replicas/],
    ['cpu', '0', /1 to 1000/],
    ['queue', 'resize', /name=number/],
    ['downMinutes', 'soon', /minutes/],
  ])('says what is wrong with %s %s', (field, text, problem) => {
    const read = readForm({ ...formOf(null), [field]: text }, null)
    expect('problem' in read && read.problem).toMatch(problem)
  })

  it('wants something to measure', () => {
    expect(readForm({ ...formOf(null), cpu: '' }, null)).toEqual({ problem: 'Say what is measured.' })
  })
})
