import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { createIdentity, IDENTITY_FRESH_MS, type Principal } from './identity.ts'

const member: Principal = { kind: 'member', me: { id: 'ana', role: 'admin', kind: 'user' }, sessionSecret: 's' }

describe('an identity', () => {
  it('is looked up once for many calls, and again after 30 seconds', async () => {
    const answers: Principal[] = [member, { kind: 'nobody' }]
    const { identity, clock, looks } = withAnswers(answers)
    expect(await identity.current()).toBe(member)
    expect(await identity.current()).toBe(member)
    expect(looks()).toBe(1)

    clock.nowMs += IDENTITY_FRESH_MS
    expect(await identity.current()).toEqual({ kind: 'nobody' })
    expect(looks()).toBe(2)
  })

  it('is asked again at once when the look itself failed', async () => {
    const { identity } = withAnswers([new Error('the store is away'), member])
    await expect(identity.current()).rejects.toThrow('the store is away')
    expect(await identity.current()).toBe(member)
  })
})

function withAnswers(answers: (Principal | Error)[]) {
  const clock = { nowMs: 0 }
  let looked = 0
  const identity = createIdentity(
    { monotonicMs: () => clock.nowMs as MonotonicMs, unixMs: () => clock.nowMs as UnixMs },
    async () => {
      looked++
      const answer = answers.shift() ?? new Error('asked too often')
      if (answer instanceof Error) throw answer
      return answer
    },
  )
  return { identity, clock, looks: () => looked }
}
