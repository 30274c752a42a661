import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '@quarterdeck/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import type { Io } from './io.ts'
import { runCli } from './run-cli.ts'

const homes: string[] = []
afterEach(() => {
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

/** A terminal that nobody sits at. */
async function qd(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const home = mkdtempSync(path.join(tmpdir(), 'qd-cli-'))
  homes.push(home)
  let out = ''
  let err = ''
  const io: Io = {
    env: { HOME: home },
    isInteractive: false,
    columns: 100,
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    ask: async () => '',
    askSecret: async () => '',
    readAll: async () => 'short',
    interrupted: () => new AbortController().signal,
  }
  return { code: await runCli(args, io), out, err }
}

describe('qd', () => {
  it.each([
    [['task', 'run', '--cpu', 'five', '--', 'ls'], '--cpu "five" must be an amount of CPU'],
    [['task', 'run', '--cpu=-1', '--', 'ls'], '--cpu "-1" must be an amount of CPU'],
    [['task', 'run', '--memory', 'lots', '--', 'ls'], '--memory "lots" must be a size such as 64MiB'],
    [['task', 'run', '--timeout', '15', '--', 'ls'], '--timeout "15" must be a duration such as 500ms'],
    [['task', 'run', '--retry', '0', '--', 'ls'], '--retry "0" must be a whole number from 1 to 20'],
    [['task', 'run', '--priority', '101', '--', 'ls'], '--priority "101" must be a whole number from 0 to 100'],
    [['task', 'run', '--policy', 'twice', '--', 'ls'], 'must be one of at-least-once, at-most-once, exclusive'],
    [['task', 'run', '--handler', 'mail', '--input', '{broken'], '--input "{broken" must be JSON'],
    [['task', 'run', '--handler', 'mail', 'extra'], 'it takes --input, not arguments'],
    [['task', 'run', '--handler', 'mail', '--user', 'root'], '--user is for programs'],
    [['task', 'run'], 'A program is missing'],
    [['task', 'run', '--env', '1X=2', '--', 'ls'], '--env "1X=2" must be NAME=value'],
    [['task', 'run', '--label', '!gpu=a', '--', 'ls'], '--label "!gpu=a" must be key, !key'],
    [['task', 'run', '--tag', 'x', '--', 'ls'], '--tag "x" must be key=value'],
    [['task', 'run', '--node', 'Web 3', '--', 'ls'], '"Web 3" cannot be a node'],
    [['task', 'show', '../etc'], '"../etc" cannot be a task'],
    [['node', 'drain', 'web-3', '--keep', '--force'], '--keep and --force exclude each other'],
    [['node', 'drain', 'web-3', '--now', '--deadline', '1m'], 'it goes with no deadline'],
    [['node', 'drain', 'web-3', '--no-deadline', '--force'], '--force needs a deadline'],
    [['node', 'drain', 'web-3', '--deadline', '8d'], '--deadline 8d must be from 1s to 7d'],
    [['node', 'ls', '--filter', 'statsu:down'], 'There is no field "statsu"'],
    [['task', 'ls', '--state', 'runing'], '--state "runing" must be one of'],
    [['events', '--about', 'web-3'], '--about "web-3" must be kind/id'],
    [
      ['token', 'create', 'api', '--name', 'ci', '--role', 'root'],
      '--role "root" must be one of viewer, operator, admin',
    ],
    [['user', 'update', 'ana'], 'Nothing to change'],
    [['user', 'create', 'ana'], 'There is no terminal to ask for the password on'],
    [['nodes'], "unknown command 'nodes'"],
    [['status', '--url', 'localhost'], "a controller's address starts with http:// or https://"],
  ])('refuses %j in one line, before it calls anybody', async (args, words) => {
    const { code, out, err } = await qd(...args)
    expect(err).toContain(words)
    expect(err.startsWith('qd: ')).toBe(true)
    expect(err.match(/\n/g)).toHaveLength(1)
    expect({ code: code === 0, out }).toEqual({ code: false, out: '' })
  })

  it('says where nobody answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { code, err } = await qd('status', '--url', url)
    expect(code).toBe(1)
    expect(err).toBe(
      `qd: No controller answers at ${url} (ECONNREFUSED). Check the address and that a controller runs there.\n`,
    )
  })

  it('shows help for each group without failing', async () => {
    for (const args of [['--help'], ['node', '--help'], ['task', 'run', '--help']]) {
      const { code, out, err } = await qd(...args)
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain('Usage: qd')
    }
  })

  it('prints one JSON document when asked to', async () => {
    const { out } = await qd('version', '--json')
    expect(JSON.parse(out)).toMatchObject({ node: process.version })
  })
})
