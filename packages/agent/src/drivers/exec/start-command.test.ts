import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { startCommand } from './start-command.ts'

const plain = {
  program: '/usr/bin/env',
  args: [],
  env: { COLOR: 'red' },
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
    env: { LD_PRELOAD: '/evil.so', PATH: '/bin' },
    tools: { setpriv: '/usr/bin/setpriv', prlimit: null },
  })
  expect(Object.keys(env)).toEqual(['QDV_LD_PRELOAD', 'QDV_PATH'])
  expect(args.indexOf('/usr/bin/setpriv')).toBeLessThan(args.indexOf('LD_PRELOAD'))
})

it('gives them back their names, whatever they hold', () => {
  const { file, args, env } = startCommand({
    ...plain,
    account: nobody,
    args: ['-0'],
    env: { A: '$(echo x)"\'`y`\n', B_2: '' },
  })
  const seen = execFileSync(file, [...args], { env })
    .toString()
    .split('\0')
  expect(seen).toEqual(expect.arrayContaining(['A=$(echo x)"\'`y`\n', 'B_2=']))
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

it('leaves memory and processes to the group where there is one', () => {
  const limits = { memoryBytes: 1_000, processes: 5, openFiles: 64 }
  const tools = { setpriv: null, prlimit: '/usr/bin/prlimit' }
  expect(startCommand({ ...plain, limits, tools }).args).toEqual(
    expect.arrayContaining(['--core=0', '--nofile=64', '--']),
  )
  expect(startCommand({ ...plain, limits, tools }).args.join(' ')).not.toMatch(/--as|--nproc/)
  expect(startCommand({ ...plain, limits, tools, isBoundByGroup: false }).args).toEqual(
    expect.arrayContaining(['--as=1000', '--nproc=5']),
  )
})
