import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { programAssignment, scriptAssignment } from '@quarterdeck/testkit/assignments'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { forbids, forbidsProgram, loadPolicy } from './policy.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'qd-policy-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function policyFile(content: string): string {
  const file = path.join(folder, 'policy.json')
  writeFileSync(file, content)
  return file
}
const as = (user: string) => programAssignment('t', { command: 'true', user })

describe('without a policy file', () => {
  it('an agent that is root runs tasks as nobody, never as root', () => {
    const policy = loadPolicy(null, 0)
    expect(policy.defaultUser).toBe('nobody')
    expect(forbids(policy, as('nobody'))).toBeNull()
    expect(forbids(policy, as('root'))).toMatch(/does not let tasks run as root/)
  })

  it('an agent that is not root runs tasks as itself only', () => {
    const policy = loadPolicy(null, 65534)
    expect(forbids(policy, as('nobody'))).toBeNull()
    expect(forbids(policy, as('daemon'))).toMatch(/it allows nobody/)
  })
})

describe('a policy file', () => {
  it.each([
    ['{"exec": false}', as('nobody'), /allows no programs/],
    ['{"shell": false}', scriptAssignment('t', 'true'), /allows no shell scripts/],
    [
      '{"programs": ["/bin/true"]}',
      programAssignment('t', { command: 'true', env: { LD_PRELOAD: 'x' } }),
      /set LD_PRELOAD/,
    ],
    ['{"variables": ["A"]}', programAssignment('t', { command: 'true', env: { A: '', B: '' } }), /set B/],
    ['{"users": ["daemon"]}', as('nobody'), /it allows daemon/],
    ['{"users": ["no-such-user"]}', as('no-such-user'), /has no user no-such-user/],
    [
      '{"memoryBytesMax": 10}',
      programAssignment('t', { command: 'true', limits: { memoryBytes: 2 ** 24 } }),
      /10 bytes of memory/,
    ],
  ])('%s forbids what it says', (content, assignment, because) => {
    expect(forbids(loadPolicy(policyFile(content), 0), assignment)).toMatch(because)
  })

  it('that lists programs allows no others, the shell included', () => {
    const policy = loadPolicy(policyFile('{"programs": ["/bin/true"]}'), 0)
    expect(forbidsProgram(policy, '/bin/true')).toBeNull()
    expect(forbidsProgram(policy, '/bin/sh')).toMatch(/does not allow the program \/bin\/sh/)
  })

  it.each(['{"exce": true}', '{', 'null'])('that cannot be understood (%s) is not taken as an open one', (content) => {
    expect(() => loadPolicy(policyFile(content), 0)).toThrow(/QD_AGENT_POLICY/)
  })

  it('that is not there is not taken as an open one', () => {
    expect(() => loadPolicy(path.join(folder, 'missing.json'), 0)).toThrow(/cannot be read/)
  })
})
