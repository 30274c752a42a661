import { mkdir } from 'node:fs/promises'
import {
  exitRefused,
  join,
  keeperOf,
  loadIdentity,
  runAgentProcess,
  runHandlerWorker,
  runKeeper,
  saveIdentity,
} from '@quarterdeck/agent/node'
import type { Platform } from '@quarterdeck/platform'
import { nodePlatform } from '@quarterdeck/platform/node'
import { machineDefaults, readSettings } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>
const exitUsage = 64

const usage = `usage: qd-agent [run | join | stop | restart]
  run      run the agent of this machine; joins first when it has not and QD_JOIN_TOKEN is set
  join     trade QD_JOIN_TOKEN for an identity, then run
  stop     stop the agent that serves QD_DATA_DIR, and its tasks
  restart  restart its process that speaks to the cluster; tasks run on
Settings are environment variables (see the README of packages/agent); the common ones are flags as well:
--controllers --token --name --zone --region --labels --pool --data-dir --handlers
`

/**
 * The agent as a program. `self` is the command line that starts this same program up to the sub-command, because keeper, agent and
 * handler workers are one file under several names.
 *
 * @returns the exit code
 */
export async function runAgent(
  argv: readonly string[],
  env: Env,
  self: readonly string[] = ownCommandLine(),
): Promise<number> {
  const [command = 'run', argument = ''] = argv
  if (command === 'handler-worker') {
    await runHandlerWorker(argument)
    return untilTheEnd()
  }
  const settings = readSettings(env, machineDefaults())
  if (!settings.ok) {
    for (const problem of settings.problems) process.stderr.write(`qd-agent: ${problem}\n`)
    return exitUsage
  }
  const { value } = settings
  const platform = nodePlatform({ logLevel: value.logLevel, component: command === 'session' ? 'agent' : 'keeper' })
  switch (command) {
    case 'session':
      return runAgentProcess({ settings: value, platform })
    case 'run':
      surviveBugs(platform)
      return runKeeper({ settings: value, platform, env, self, stop: stopSignal(), onRestart })
    case 'join': {
      if (!loadIdentity(value.dataFolder)) {
        if (!value.joinToken) return refuse('QD_JOIN_TOKEN is not set; accepted is a join token of the cluster')
        await mkdir(value.dataFolder, { recursive: true, mode: 0o700 })
        await saveIdentity(value.dataFolder, await join(value.controllers, value.joinToken, value.nodeName))
      }
      surviveBugs(platform)
      return runKeeper({ settings: value, platform, env, self, stop: stopSignal(), onRestart })
    }
    case 'stop':
      return tell(value.dataFolder, 'SIGTERM')
    case 'restart':
      return tell(value.dataFolder, 'SIGHUP')
    default:
      process.stderr.write(usage)
      return exitUsage
  }
}

/** Runs it and turns what goes wrong into one line and an exit code. */
export async function main(argv: readonly string[], env: Env, self?: readonly string[]): Promise<void> {
  try {
    process.exitCode = await runAgent(argv, env, self)
  } catch (cause) {
    process.stderr.write(`qd-agent: ${cause instanceof Error ? cause.message : String(cause)}\n`)
    process.exitCode = cause instanceof Error && cause.name === 'LinkRefusal' ? exitRefused : 1
  }
  // What a peer left open must not keep a finished program alive.
  process.exit()
}

function ownCommandLine(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? '']
}

/** A bug that touches one attempt must not end the process that holds them all; the agent's process, which holds none, does end. */
function surviveBugs({ log }: Platform): void {
  const note = (cause: unknown) =>
    log.error('A bug in the keeper', { because: cause instanceof Error ? cause.stack : String(cause) })
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
  })
}

function onRestart(restart: () => void): void {
  process.on('SIGHUP', restart)
}

function tell(dataFolder: string, signal: NodeJS.Signals): number {
  const keeper = keeperOf(dataFolder)
  if (keeper === null) return refuse(`no agent serves ${dataFolder} (QD_DATA_DIR)`)
  process.kill(keeper, signal)
  return 0
}

function refuse(because: string): number {
  process.stderr.write(`qd-agent: ${because}\n`)
  return exitUsage
}

/** A worker ends when its keeper does. */
function untilTheEnd(): Promise<never> {
  return new Promise(() => {})
}
