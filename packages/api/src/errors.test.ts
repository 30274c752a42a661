import { clusterError, errorCodes, fail, ok } from '@quarterdeck/domain'
import { TRPCError } from '@trpc/server'
import { describe, expect, it } from 'vitest'
import { refusalAnswer, toClusterError, unwrap } from './errors.ts'

const about = { input: undefined, path: 'nodes.get', requestId: 'req-7' }

describe('an outcome on its way out', () => {
  it('becomes its value, or an error that carries the refusal whole', () => {
    expect(unwrap(ok(7))).toBe(7)
    const refusal = clusterError('plan_outdated', 'web-3 got a task since.', {
      remedy: 'Preview again.',
      retryAfterMs: 1,
    })
    const error = thrownBy(() => unwrap(fail(refusal)))
    expect(error).toMatchObject({ code: 'CONFLICT', message: 'web-3 got a task since.' })
    expect(toClusterError(error, about)).toEqual(refusal)
  })

  it.each(errorCodes)('gives %s an HTTP status of an error', (code) => {
    const { status, body } = refusalAnswer(clusterError(code, 'No.'))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.error.data.cluster.code).toBe(code)
  })

  it('tells nothing of an unforeseen error but where to look', () => {
    const error = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Error('password is hunter2') })
    const told = toClusterError(error, about)
    expect(told.code).toBe('internal')
    expect(told.message).toContain('req-7')
    expect(told.message).not.toContain('hunter2')
  })

  it('says of the store whether something may have happened', () => {
    const named = (name: string) =>
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: Object.assign(new Error('x'), { name }) })
    expect(toClusterError(named('StoreAway'), about).code).toBe('unavailable')
    expect(toClusterError(named('OutcomeUnknown'), about).code).toBe('outcome_unknown')
  })
})

function thrownBy(act: () => unknown): TRPCError {
  try {
    act()
  } catch (error) {
    if (error instanceof TRPCError) return error
  }
  throw new Error('nothing was thrown')
}
