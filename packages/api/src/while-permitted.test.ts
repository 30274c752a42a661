import type { Platform } from '@quarterdeck/platform'
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import type { Principal } from './identity.ts'
import { contextOf, recordingControlPlane } from './testing/test-context.ts'
import { whilePermitted } from './while-permitted.ts'

const viewer: Principal = { kind: 'member', me: { id: 'vic', role: 'viewer', kind: 'user' }, sessionSecret: 's' }

describe('a stream for a caller', () => {
  it('passes everything on and closes what it opened when the reader goes', async () => {
    const stage = openStage()
    const reader = stage.stream[Symbol.asyncIterator]()
    expect(await reader.next()).toEqual({ done: false, value: 0 })
    expect(await reader.next()).toEqual({ done: false, value: 1 })
    await reader.return?.()
    expect(stage.isOpen()).toBe(false)
    expect(stage.timers()).toBe(0)
  })

  it('ends with the refusal when the session was revoked meanwhile', async () => {
    const stage = openStage()
    const reader = stage.stream[Symbol.asyncIterator]()
    await reader.next()
    stage.becomes({ kind: 'nobody' })
    await stage.look()
    const error = await drain(reader)
    expect(error).toBeInstanceOf(TRPCError)
    expect((error as TRPCError).code).toBe('UNAUTHORIZED')
    expect(stage.isOpen()).toBe(false)
  })

  it('goes on while nobody can say whether the session holds', async () => {
    const stage = openStage()
    const reader = stage.stream[Symbol.asyncIterator]()
    await reader.next()
    stage.becomes(new Error('the store is away'))
    await stage.look()
    expect(await reader.next()).toEqual({ done: false, value: 1 })
    await reader.return?.()
  })
})

/** A stream of numbers that counts who is still reading, with a clock tick that the test gives. */
function openStage() {
  let principal: Principal | Error = viewer
  let isOpen = false
  const ticks = new Set<() => void>()
  const { controlPlane } = recordingControlPlane()
  const base = contextOf(controlPlane, 'viewer')
  const timers: Platform['timers'] = {
    ...base.platform.timers,
    every(_ms, act) {
      ticks.add(act)
      return { cancel: () => void ticks.delete(act) }
    },
  }
  const ctx = {
    ...base,
    audience: 'viewer' as const,
    platform: { ...base.platform, timers },
    identity: {
      current: async () => {
        if (principal instanceof Error) throw principal
        return principal
      },
    },
  }
  const stream = whilePermitted(ctx, undefined, async function* (signal) {
    isOpen = true
    try {
      for (let n = 0; !signal.aborted; n++) yield n
    } finally {
      isOpen = false
    }
  })
  return {
    stream,
    isOpen: () => isOpen,
    timers: () => ticks.size,
    becomes(next: Principal | Error) {
      principal = next
    },
    async look() {
      for (const tick of ticks) tick()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

async function drain(reader: AsyncIterator<number>): Promise<unknown> {
  try {
    while (!(await reader.next()).done);
    return null
  } catch (error) {
    return error
  }
}
