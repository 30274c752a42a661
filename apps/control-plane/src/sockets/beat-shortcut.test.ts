import { clusterError, fail, ok } from '@quarterdeck/domain'
import type { Beat } from '@quarterdeck/domain/wire'
import { describe, expect, it } from 'vitest'
import { loadSample } from '../testing/registration.ts'
import { beatShortcut } from './beat-shortcut.ts'

const input = { sessionId: 's1', seq: 7, digest: 'cbf2', load: loadSample() }
const call = (change: object = {}) =>
  JSON.stringify({ id: 42, method: 'mutation', params: { path: 'agents.beat', input: { ...input, ...change } } })

describe('the shortcut for beats', () => {
  it('answers an accepted beat in the words of tRPC', () => {
    const heard: Beat[] = []
    const answer = beatShortcut((beat) => {
      heard.push(beat)
      return ok({ seq: beat.seq, serverMs: 5 as never, beatIntervalMs: 1_000 })
    })(call())
    expect(heard).toEqual([input])
    expect(JSON.parse(answer ?? '')).toEqual({
      id: 42,
      result: { type: 'data', data: { seq: 7, serverMs: 5, beatIntervalMs: 1_000 } },
    })
  })

  it('leaves a beat that is refused to tRPC', () => {
    expect(beatShortcut(() => fail(clusterError('stale_session', 'Over.')))(call())).toBeNull()
  })

  it.each([
    ['another call', call().replace('agents.beat', 'agents.report')],
    ['a query', call().replace('mutation', 'query')],
    ['a field that does not exist', call({ more: 1 })],
    ['a wrong type', call({ seq: '7' })],
    ['broken JSON', call().replace('"seq":7', '"seq":')],
    ['more than the call', `${call()},`],
    ['a batch', `[${call()}]`],
    ['something after the input', call().replace('}}', '},"more":1}')],
    ['PONG', 'PONG'],
  ])('lets %s pass, unheard', (_, text) => {
    const unheard = () => {
      throw new Error('was heard')
    }
    expect(beatShortcut(unheard)(text)).toBeNull()
  })
})
