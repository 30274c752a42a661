import { handlerAssignment, programAssignment } from '@quarterdeck/testkit/assignments'
import { describe, expect, it } from 'vitest'
import { refuse } from './admission.ts'

const node = {
  capacity: { cpuMillis: 1_000, memoryBytes: 1_000, taskSlots: 2 },
  load: { tasks: 1, cpuMillis: 600, memoryBytes: 100, ports: new Set([20_001]) },
  driver: { unavailable: null, handlers: ['send-mail'] },
  listening: () => new Set([20_002]),
  forbids: () => null,
}
const task = (cpuMillis: number, memoryBytes = 1) =>
  programAssignment('t', { command: 'true' }, { resources: { cpuMillis, memoryBytes } })

describe('a node', () => {
  it('takes what still fits', () => {
    expect(refuse(task(400), node)).toBeNull()
  })

  it.each([
    ['more CPU than is free', task(401), /Needs 401 CPU thousandths, 400 are free/],
    ['more memory than is free', task(1, 901), /Needs 901 bytes of memory, 900 are free/],
  ])('refuses %s', (_, assignment, because) => {
    expect(refuse(assignment, node)).toEqual({ code: 'capacity', because: expect.stringMatching(because) })
  })

  it('refuses when its slots are taken', () => {
    const full = { ...node, load: { ...node.load, tasks: 2 } }
    expect(refuse(task(1), full)).toMatchObject({ code: 'capacity', because: 'All 2 task slots are taken.' })
  })

  it.each([
    [20_001, 'Port 20001 (http) is held by another task.'],
    [20_002, 'Another program on this machine listens on port 20002 (http).'],
  ])('refuses port %i when somebody has it', (port, because) => {
    expect(refuse({ ...task(1), ports: [{ name: 'http', port }] }, node)).toEqual({ code: 'capacity', because })
  })

  it('takes a port that nobody has', () => {
    expect(refuse({ ...task(1), ports: [{ name: 'http', port: 20_003 }] }, node)).toBeNull()
  })

  it('names the handlers that it has', () => {
    const because = 'No handler nope on this node; it has send-mail.'
    expect(refuse(handlerAssignment('t', { name: 'nope' }), node)).toEqual({ code: 'unsupported', because })
  })

  it('lets the policy of its owner say no before its capacity does', () => {
    expect(refuse(task(5_000), { ...node, forbids: () => 'Not here.' })).toEqual({
      code: 'policy',
      because: 'Not here.',
    })
  })
})
