import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { cgroupV2 } from './cgroup-v2.ts'

const platform = nodePlatform({ logLevel: 'silent', component: 'test' })
const markers = { pid: null, environment: [] }

/** A folder that looks like the kernel's tree: what is written there is what the kernel would be told. */
let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'qd-cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const groups = () => cgroupV2({ root, parent: 'quarterdeck', platform })
const file = (name: string) => path.join(root, 'quarterdeck', 't.1', name)

it('bounds CPU, memory without swap, and processes', async () => {
  mkdirSync(path.dirname(file('')), { recursive: true })
  mkdirSync(path.join(root, 'quarterdeck', 't.1'), { recursive: true })
  writeFileSync(file('memory.swap.max'), 'max')
  await groups().create('t.1', { cpuMillis: 1_500, memoryBytes: 64 * 2 ** 20, processes: 20 })
  expect(readFileSync(file('cpu.max'), 'utf8')).toBe('150000 100000')
  expect(readFileSync(file('memory.max'), 'utf8')).toBe('67108864')
  expect(readFileSync(file('memory.swap.max'), 'utf8')).toBe('0')
  expect(readFileSync(file('pids.max'), 'utf8')).toBe('20')
})

it('leaves unbounded what has no bound', async () => {
  await groups().create('t.1', {})
  expect(existsSync(file('cpu.max'))).toBe(false)
})

it('is entered through one file', () => {
  expect(groups().entrances('t.1')).toEqual([file('cgroup.procs')])
})

it('reads what was used, and whether the kernel killed for memory', async () => {
  await groups().create('t.1', {})
  writeFileSync(file('cpu.stat'), 'usage_usec 2500000\nuser_usec 2000000\n')
  writeFileSync(file('memory.peak'), '1048576\n')
  writeFileSync(file('memory.events'), 'low 0\noom 3\noom_kill 1\n')
  expect(await groups().usage('t.1')).toEqual({ cpuMs: 2_500, memoryBytesMax: 1_048_576, killedForMemory: true })
})

it('says that nothing is known of a group that is not there', async () => {
  expect(await groups().usage('other')).toEqual({ cpuMs: null, memoryBytesMax: null, killedForMemory: false })
})

it('is killed as a whole, and that is over once it is empty', async () => {
  await groups().create('t.1', {})
  writeFileSync(file('cgroup.procs'), '4194000\n')
  writeFileSync(file('cgroup.kill'), '')
  const killed = groups().kill('t.1', markers)
  while (readFileSync(file('cgroup.kill'), 'utf8') !== '1') await new Promise((resolve) => setImmediate(resolve))
  writeFileSync(file('cgroup.procs'), '')
  await killed
})
