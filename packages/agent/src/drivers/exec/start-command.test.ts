import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { startCommand } from './start-command.ts'

const plain = {
  program: '/usr/bin/env',
  args: [],
  env: { COLOR: 'red' },
  brought: ['COLOR'],
  entrances: [],
  account: null,
  limits: {},
  tools: { setpriv: null, prlimit: null },
  isBoundByGroup: true,
}
const nobody = { name: 'nobody', uid: 65534, gid: 65534 }

it('gives the variables as they are when nobody is to be become', () => {
  expect(startCommand(plain).env).toEqual({ COLOR: 'red' })
})

it('hides the variables from everything that still has the rights of the agent', () => {
  const { env, args } = startCommand({
    ...plain,
    account: nobody,
    env: { LD_PRELOAD: '/evil.so', PATH: '/bin', HOME: '/own' },
    brought: ['LD_PRELOAD', 'PATH', 'NOT_GIVEN'],
    tools: { setpriv: '/usr/bin/setpriv', prlimit: null },
  })
  expect(Object.keys(env)).toEqual(['QDV_LD_PRELOAD', 'QDV_PATH', 'HOME'])
  expect(args.indexOf('/usr/bin/setpriv')).toBeLessThan(args.indexOf('LD_PRELOAD'))
})

it('gives them back their names, whatever they hold', () => {
  const { file, args, env } = startCommand({
    ...plain,
    account: nobody,
    args: ['-0'],
    env: { A: '$(echo x)"\'`y`\n', B_2: '', HOME: '/own' },
    brought: ['A', 'B_2'],
  })
  const seen = execFileSync(file, [...args], { env })
    .toString()
    .split('\0')
  expect(seen).toEqual(expect.arrayContaining(['A=$(echo x)"\'`y`\n', 'B_2=', 'HOME=/own']))
  expect(seen.filter((line) => line.startsWith('QDV_'))).toEqual([])
})

it('drops every right on the way to another user', () => {
  const { args } = startCommand({ ...plain, account: nobody, tools: { setpriv: '/usr/bin/setpriv', prlimit: null } })
  expect(args).toEqual(
    expect.arrayContaining([
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      '--no-new-privs',
      '--bounding-set=-all',
    ]),
  )
})

it('starts no program for variables that this node gave', () => {
  const { args } = startCommand({
    ...plain,
    account: nobody,
    brought: [],
    tools: { setpriv: '/usr/bin/setpriv', prlimit: null },
  })
  expect(args.filter((arg) => arg.startsWith('/'))).toEqual(['/usr/bin/setpriv', '/usr/bin/env'])
})

it('limits open files and dumps by itself, and memory and processes where no group does', () => {
  const limits = { memoryBytes: 512 * 2 ** 20, processes: 5, openFiles: 64 }
  const tools = { setpriv: null, prlimit: '/usr/bin/prlimit' }
  const limitsOf = (isBoundByGroup: boolean) => {
    const script = 'ulimit -c; ulimit -n; ulimit -v'
    const command = {
      ...plain,
      program: '/bin/sh',
      args: ['-c', script],
      limits,
      isBoundByGroup,
      tools: { ...tools, prlimit: null },
    }
    const { file, args, env } = startCommand(command)
    return execFileSync(file, [...args], { env })
      .toString()
      .trim()
      .split('\n')
  }
  expect(limitsOf(true)).toEqual(['0', '64', 'unlimited'])
  expect(limitsOf(false)).toEqual(['0', '64', String(512 * 1024)])
  expect(startCommand({ ...plain, limits, tools }).args.join(' ')).not.toMatch(/nproc/)
  expect(startCommand({ ...plain, limits, tools, isBoundByGroup: false }).args).toContain('--nproc=5')
})
