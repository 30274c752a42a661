import type { ControlPlane } from '@quarterdeck/control-plane'
import { limits, type MonotonicMs, ok, type UnixMs } from '@quarterdeck/domain'
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import type { Context } from './context.ts'
import { toClusterError } from './errors.ts'
import type { CallerKind } from './matrix.ts'
import { buckets, createRateLimits } from './rate-limits.ts'
import { createCaller } from './routers/registry.ts'
import { sampleInputs } from './testing/sample-inputs.ts'
import { contextOf, recordingControlPlane } from './testing/test-context.ts'

const task = { name: 'hello', driver: 'exec' as const, exec: { command: '/bin/true' } }

describe('a procedure', () => {
  it('lets one address sign in so often, and says how long to wait', async () => {
    const { caller } = callerOf('nobody')
    const signIn = () => caller.auth.signIn({ userId: 'ana', password: 'x' })
    for (let time = 0; time < limits.signInsPerMinutePerAddress; time++) await signIn()
    expect(await refusalOf(signIn())).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_000 })
  })

  it('counts every task of a batch', async () => {
    const { caller } = callerOf('operator')
    const tasks = Array.from({ length: 500 }, () => task)
    await caller.tasks.submitMany({ tasks })
    await caller.tasks.submitMany({ tasks })
    expect(await refusalOf(caller.tasks.submit(task))).toMatchObject({ code: 'rate_limited' })
    expect(buckets.submit.burst).toBe(1_000)
  })

  it('stops an address that guesses join tokens, and not the others', async () => {
    const refusing = { agents: { join: async () => ({ ok: false, error: { code: 'bad_token', message: 'No.' } }) } }
    const { caller, context } = callerOf('nobody', refusing)
    const join = () => caller.agents.join({ token: 'qdj_a_b', name: 'web-1' })
    for (let time = 0; time < limits.joinFailuresPerMinutePerAddress; time++) {
      expect(await refusalOf(join())).toMatchObject({ code: 'bad_token' })
    }
    expect(await refusalOf(join())).toMatchObject({ code: 'rate_limited' })
    const elsewhere = createCaller({ ...context, address: '10.0.0.2' })
    expect(await refusalOf(elsewhere.agents.join({ token: 'qdj_a_b', name: 'web-1' }))).toMatchObject({
      code: 'bad_token',
    })
  })

  it('shows viewers which variables a task has, and operators what they hold', async () => {
    const spec = { exec: { ...task.exec, env: { API_KEY: 'hunter2' } } }
    const showing = { tasks: { get: async () => ok({ value: { spec } }) } }
    const seenBy = async (kind: CallerKind) =>
      (await callerOf(kind, showing).caller.tasks.get({ id: 't1' })).value.spec.exec?.env
    expect(await seenBy('viewer')).toEqual({ API_KEY: '(hidden)' })
    expect(await seenBy('operator')).toEqual({ API_KEY: 'hunter2' })
  })

  it('tells the control plane when a registration outlives its socket', async () => {
    const closed: unknown[][] = []
    const link = { sessionId: null, saidGoodbye: false, hasEnded: true }
    const agents = {
      register: async () => ok({ sessionId: 's1' }),
      closed: (...told: unknown[]) => closed.push(told),
    }
    const { context } = callerOf('agent', { agents })
    const nodeId = 'web-1'
    const identity = { current: async () => ({ kind: 'agent', nodeId, link }) } as unknown as Context['identity']
    await createCaller({ ...context, identity }).agents.register(sampleInputs['agents.register'] as never)
    expect(closed).toEqual([['web-1', 's1', false]])
  })
})

function callerOf(kind: CallerKind, services: object = {}) {
  const { controlPlane } = recordingControlPlane()
  const own = new Proxy(controlPlane, {
    get: (recorded, name) => Reflect.get(name in services ? services : recorded, name),
  }) as ControlPlane
  // Time stands still, so that nothing flows back into the buckets.
  const clock = { monotonicMs: () => 0 as MonotonicMs, unixMs: () => 0 as UnixMs }
  const context = contextOf(own, kind, { rates: createRateLimits(clock) })
  return { caller: createCaller(context), context }
}

async function refusalOf(call: Promise<unknown>) {
  try {
    await call
    return null
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error
    return toClusterError(error, { input: undefined, path: undefined, requestId: 'req-1' })
  }
}
