import { clusterError, fail, ok } from '@quarterdeck/domain'
import type { ReportBatch } from '@quarterdeck/domain/wire'
import { describe, expect, it } from 'vitest'
import { reportShortcut } from './report-shortcut.ts'

const input = { sessionId: 's1', reports: [{ kind: 'accepted', taskId: 't1', attempt: 1 }] }
const call = (change: object = {}) =>
  JSON.stringify({ id: 42, method: 'mutation', params: { path: 'agents.report', input: { ...input, ...change } } })

describe('the shortcut for reports', () => {
  it('answers reports in the words of tRPC once they are applied', async () => {
    const heard: ReportBatch[] = []
    const answer = await reportShortcut(async (batch) => {
      heard.push(batch)
      return ok({ outcomes: ['applied'] })
    })(call())
    expect(heard).toEqual([input])
    expect(JSON.parse(answer ?? '')).toEqual({ id: 42, result: { type: 'data', data: { outcomes: ['applied'] } } })
  })

  it.each([
    ['refused', async () => fail(clusterError('stale_session', 'Over.'))],
    ['of nobody', async () => null],
    ['broken on the way', () => Promise.reject(new Error('broken'))],
  ])('leaves reports that were %s to tRPC', async (_, hear) => {
    expect(await reportShortcut(hear)(call())).toBeNull()
  })

  it.each([
    ['another call', call().replace('agents.report', 'agents.logs')],
    ['a field that does not exist', call({ more: 1 })],
    ['broken JSON', call().replace('"attempt":1', '"attempt":')],
    ['a batch', `[${call()}]`],
  ])('lets %s pass, unheard', (_, text) => {
    const unheard = () => {
      throw new Error('was heard')
    }
    expect(reportShortcut(unheard)(text)).toBeNull()
  })
})
