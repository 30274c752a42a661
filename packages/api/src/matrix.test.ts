import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { toClusterError } from './errors.ts'
import { type CallerKind, callers, matrix } from './matrix.ts'
import { appRouter, createCaller } from './routers/registry.ts'
import { sampleInputs } from './testing/sample-inputs.ts'
import { contextOf, recordingControlPlane } from './testing/test-context.ts'

const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { readonly _def: { readonly type: string; readonly meta?: unknown } }
>

describe('the matrix of procedures and callers', () => {
  it('has a row for every procedure, and no other', () => {
    expect(Object.keys(matrix).sort()).toEqual(Object.keys(procedures).sort())
  })

  it('names an audit action for every change that a person makes', () => {
    const unnamed = Object.entries(procedures)
      .filter(([, { _def }]) => _def.type === 'mutation')
      .filter(([, { _def }]) => {
        const { auth, audit } = _def.meta as { auth: string; audit: string | null }
        return auth !== 'agent' && auth !== 'nobody' && audit === null
      })
    expect(unnamed).toEqual([])
  })

  for (const path of Object.keys(procedures)) {
    it.each(callers)(`keeps its word on ${path} for %s`, async (caller) => {
      const { reached, error } = await call(path, caller)
      if (matrix[path]?.includes(caller)) {
        expect(error).toBeNull()
        // `auth.me` answers from the session itself.
        if (path !== 'auth.me') expect(reached).not.toEqual([])
      } else {
        expect(error).toBe(caller === 'nobody' || caller === 'expired' ? 'not_signed_in' : 'not_permitted')
        expect(reached).toEqual([])
      }
    })
  }

  it('refuses before it looks at the input, so that a stranger learns nothing from its errors', async () => {
    const { error } = await call('users.create', 'nobody', { nonsense: true })
    expect(error).toBe('not_signed_in')
  })
})

/** Calls a procedure for real, subscriptions to their end. */
async function call(path: string, caller: CallerKind, input = sampleInputs[path]) {
  const { controlPlane, reached } = recordingControlPlane()
  try {
    const answer: unknown = await invoke(createCaller(contextOf(controlPlane, caller)), path, input)
    if (isIterable(answer)) for await (const _ of answer);
    return { reached, error: null }
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error
    return { reached, error: toClusterError(error, { input, path, requestId: 'req-1' }).code }
  }
}

function invoke(caller: unknown, path: string, input: unknown): unknown {
  const [routerName = '', verb = ''] = path.split('.')
  const routers = caller as Record<string, Record<string, (input: unknown) => unknown>>
  return routers[routerName]?.[verb]?.(input)
}

function isIterable(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
}
