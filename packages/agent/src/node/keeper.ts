import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { type Platform, sleep } from '@quarterdeck/platform'
import { attemptFolder } from '../attempt.ts'
import { detectGroups } from '../drivers/exec/detect-groups.ts'
import { forbids, loadPolicy } from '../drivers/exec/policy.ts'
import type { ProcessGroups } from '../drivers/exec/process-groups.ts'
import { makeWorkFolder, removeWorkFolder } from '../drivers/exec/task-folder.ts'
import { createDrivers } from '../drivers/registry.ts'
import { Runner } from '../runner/runner.ts'
import type { AgentSettings } from './agent-settings.ts'
import { BatchChannel } from './batch-channel.ts'
import { ControllerHost } from './controller-host.ts'
import { FileJournal } from './file-journal.ts'
import { healthProbe } from './health-probe.ts'
import { lockDataFolder } from './keeper-lock.ts'
import type { FromKeeper, ToKeeper } from './keeper-messages.ts'
import { endLeftovers, noteProcesses } from './leftovers.ts'
import { listeningPorts } from './listening-ports.ts'
import { LogStore } from './log-store.ts'
import { fromMachineMs } from './machine-clock.ts'

/** Exit code by which an agent says that trying again will not help: the cluster refused its token or identity. */
export const exitRefused = 78

const agentRestartMs = 300
const refusedRestartMs = 15_000
const handlersWaitMs = 15_000
const leaveWaitMs = 15_000

export type KeeperParts = {
  readonly settings: AgentSettings
  readonly platform: Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Command line that starts this same program; a sub-command is added. */
  readonly self: readonly string[]
  /** Settles when the keeper shall stop. */
  readonly stop: Promise<string>
  /** Calls back when the agent process shall be replaced, after an upgrade of the program file say. */
  readonly onRestart: (restart: () => void) => void
}

/**
 * The process that stays: it holds tasks, journal and logs, speaks to no network, and keeps an agent process running that does.
 * Whatever happens to the agent, here nothing ends.
 *
 * @returns the exit code of the program
 */
export async function runKeeper(parts: KeeperParts): Promise<number> {
  const { settings, platform } = parts
  const { dataFolder } = settings
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const unlock = lockDataFolder(dataFolder)
  const controller = new ControllerHost({
    platform,
    dataFolder,
    entry: settings.allowController ? settings.controllerEntry : null,
  })
  await controller.endLeftover()
  const host = await openHost(parts, controller)

  const agent = keepAgentRunning(parts, host)
  const outcome = await Promise.race([parts.stop, agent.refused])
  platform.log.info('The keeper stops', { because: outcome })
  await host.runner.leave('Stopped: the agent of this node was asked to stop.')
  await agent.leave()
  await controller.stop()
  await host.close()
  unlock()
  return outcome === refusedOutcome ? exitRefused : 0
}

const refusedOutcome = 'the cluster refused this node'

type Host = {
  readonly runner: Runner
  readonly setNodeId: (nodeId: string) => void
  readonly close: () => Promise<void>
}

/** Opens what is on disk, and finds out what became of the attempts in there. */
async function openHost({ settings, platform, self, env }: KeeperParts, controller: ControllerHost): Promise<Host> {
  const { dataFolder, workFolder } = settings
  const uid = process.getuid?.() ?? 0
  const policy = loadPolicy(settings.policyFile, uid)
  await makeWorkFolder(workFolder, uid)
  const groups = await detectGroups({ root: settings.cgroupRoot, parent: groupsFolder(dataFolder), platform })
  const logs = new LogStore(path.join(dataFolder, 'logs'), platform)
  const journal = await FileJournal.open(path.join(dataFolder, 'journal.log'), platform.timers)
  let nodeId = ''

  const workersFile = path.join(dataFolder, 'workers.json')
  await endLeftovers(workersFile, 'SIGKILL', platform)
  const { QD_JOIN_TOKEN: _token, ...workerEnv } = env
  const drivers = createDrivers({
    exec: {
      platform,
      policy,
      groups,
      logs,
      workFolder,
      pipesFolder: path.join(dataFolder, 'pipes'),
      nodeId: () => nodeId,
    },
    handler: settings.handlersModule
      ? {
          platform,
          logs,
          count: settings.handlerWorkers,
          command: [...self, 'handler-worker', settings.handlersModule],
          env: workerEnv,
          savePids: (pids) => noteProcesses(workersFile, pids),
        }
      : null,
  })
  const runner = new Runner({
    platform,
    journal,
    logs,
    drivers: drivers.all,
    capacity: settings.capacity,
    isolation: groups.isolation,
    forbids: (assignment) => forbids(policy, assignment),
    listening: listeningPorts,
    setRole: (order) => controller.setRole(order),
    probeHealth: healthProbe(drivers.all),
  })
  await runner.recover()
  await endStrays(runner, groups)
  // Else the first registration would say that this node has no handlers.
  if (drivers.handler) await Promise.race([drivers.handler.whenDecided(), sleep(platform.timers, handlersWaitMs)])
  return {
    runner,
    setNodeId: (id) => {
      nodeId = id
    },
    close: async () => {
      drivers.handler?.close()
      runner.close()
      await groups.close()
      await removeWorkFolder(workFolder)
      await journal.close()
    },
  }
}

/** Groups that no attempt of the journal owns: what runs in there is nobody's, and ends. */
async function endStrays(runner: Runner, groups: ProcessGroups): Promise<void> {
  const owned = new Set(runner.held().map(attemptFolder))
  for (const name of await groups.list()) {
    if (owned.has(name)) continue
    await groups.kill(name, { pid: null, environment: [] })
    await groups.remove(name)
  }
}

/** Each data folder has its own groups, so that several agents on one machine do not end each other's tasks. */
function groupsFolder(dataFolder: string): string {
  return `quarterdeck/${createHash('sha256').update(path.resolve(dataFolder)).digest('hex').slice(0, 12)}`
}

type AgentKeeping = { readonly refused: Promise<string>; readonly leave: () => Promise<void> }

function keepAgentRunning({ settings, platform, self, env, onRestart }: KeeperParts, host: Host): AgentKeeping {
  let child: ChildProcess | null = null
  let channel: BatchChannel<FromKeeper, ToKeeper> | null = null
  let isLeaving = false
  let onRefused: (because: string) => void = () => {}
  const refused = new Promise<string>((resolve) => {
    onRefused = resolve
  })
  onRestart(() => child?.kill('SIGTERM'))
  start()
  return { refused, leave }

  function start(): void {
    if (isLeaving) return
    const [file = '', ...args] = self
    const spawned = spawn(file, [...args, 'session'], {
      env: { ...env },
      stdio: ['ignore', 2, 2, 'ipc'],
      detached: true,
      serialization: 'json',
    })
    const pipe = new BatchChannel<FromKeeper, ToKeeper>(spawned, obey)
    child = spawned
    channel = pipe
    pipe.send({
      kind: 'hello',
      held: host.runner.held(),
      fences: host.runner.fences(),
      abilities: host.runner.abilities(),
    })
    const unobserve = host.runner.observe((report) => pipe.send({ kind: 'report', report }))
    const onEnd = (code: number | null, because: string) => {
      if (child !== spawned) return
      unobserve()
      child = null
      channel = null
      if (isLeaving) return
      platform.log.warn('The agent process ended and is started again', { because })
      if (code === exitRefused && host.runner.held().length === 0) onRefused(refusedOutcome)
      else platform.timers.after(code === exitRefused ? refusedRestartMs : agentRestartMs, start)
    }
    spawned.once('error', (cause) => onEnd(null, cause.message))
    spawned.once('exit', (code, signal) => onEnd(code, signal ?? `code ${code}`))
  }

  function obey(message: ToKeeper): void {
    switch (message.kind) {
      case 'hello':
        host.setNodeId(message.nodeId)
        return
      case 'run':
        host.runner.run(message.assignment)
        return
      case 'stop':
        host.runner.stop(message.order)
        return
      case 'settle':
        host.runner.settle(message.refs)
        return
      case 'confirm':
        host.runner.confirm({ sentAtMs: fromMachineMs(message.sentAtMs), stopAfterMs: message.stopAfterMs })
        return
      case 'role':
        host.runner.setRole(message.order)
        return
      default:
        message satisfies never
    }
  }

  /** Lets the agent deliver what waits and say goodbye. */
  async function leave(): Promise<void> {
    isLeaving = true
    const last = child
    if (!last) return
    const ended = new Promise<void>((resolve) => last.once('exit', () => resolve()))
    channel?.send({ kind: 'leave' })
    await Promise.race([ended, sleep(platform.timers, leaveWaitMs)])
    last.kill('SIGKILL')
    platform.log.debug('The agent process has ended', { node: settings.nodeName })
  }
}
