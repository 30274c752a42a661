import type { ExecSpec } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { Platform } from '@quarterdeck/platform'
import { type AttemptRef, attemptFolder, attemptKey } from '../../attempt.ts'
import type { Attempted, Driver, DriverEvents, DriverExit, DriverHandle } from '../../driver.ts'
import type { LogStore } from '../../node/log-store.ts'
import { findAccount } from './accounts.ts'
import { signal } from './cgroup-files.ts'
import { taskEnvironment, taskMarkers } from './environment.ts'
import { describeExit } from './exit.ts'
import { findProgram } from './find-program.ts'
import { type Launched, launch, pumpOutput } from './launch.ts'
import { openKeeperEnds, outputPipes, removePipes } from './output-pipes.ts'
import { forbidsProgram, type Policy } from './policy.ts'
import type { ProcessGroups, ProcessMarkers } from './process-groups.ts'
import { bootId, isAlive, readProcess, readUsage } from './process-table.ts'
import { awaitCheck } from './run-check.ts'
import { type StartCommand, startCommand } from './start-command.ts'
import { makeTaskFolder, removeTaskFolder } from './task-folder.ts'

export type ExecDriverParts = {
  readonly platform: Platform
  readonly policy: Policy
  readonly groups: ProcessGroups
  readonly logs: LogStore
  /** Folder in which each attempt gets a private one. */
  readonly workFolder: string
  /** Folder of the pipes through which output comes. */
  readonly pipesFolder: string
  readonly nodeId: () => string
}

type Live = {
  readonly pid: number
  /** Whether it is a child of this keeper that has not ended: only then is its pid surely its own. */
  readonly isChild: () => boolean
  readonly markers: ProcessMarkers
  readonly done: Promise<DriverExit>
}

const watchEveryMs = 250

/** Runs programs: as another user, in a group of processes that is ended as a whole, with nothing of the agent's own environment. */
export function execDriver(parts: ExecDriverParts): Driver {
  const { platform, policy, groups, logs } = parts
  const live = new Map<string, Live>()
  const tools = { setpriv: findProgram('setpriv', process.env.PATH), prlimit: findProgram('prlimit', process.env.PATH) }
  const mkfifo = findProgram('mkfifo', process.env.PATH)
  const pipes = mkfifo === null ? null : outputPipes(mkfifo, `${parts.pipesFolder}/stock`)
  const pipesOf = (ref: AttemptRef) => `${parts.pipesFolder}/${attemptFolder(ref)}`

  return {
    name: 'exec',

    fingerprint: () => ({ unavailable: policy.exec ? null : "This node's policy allows no programs.", handlers: [] }),

    async prepare(assignment) {
      const { exec } = assignment
      if (!exec) return { ok: false, because: 'The assignment names no program.' }
      const { account, because } = accountOf(exec.user)
      if (because) return { ok: false, because }
      const folder = await makeTaskFolder(parts.workFolder, assignment, account)
      if (!folder.ok) return folder
      await pipes?.make(pipesOf(assignment), account)
      await groups.create(attemptFolder(assignment), exec.limits)
      return { ok: true, value: null }
    },

    async start(assignment, events) {
      const { exec } = assignment
      if (!exec) return { ok: false, because: 'The assignment names no program.' }
      const ready = commandOf(assignment, exec, exec)
      if (!ready.ok) return ready
      const launched = await launch(ready.value.command, ready.value.folder, pipes && pipesOf(assignment))
      if (!launched.ok) return launched
      const { child, pid, output } = launched.value
      live.set(attemptKey(assignment), {
        pid,
        isChild: () => child.exitCode === null && child.signalCode === null,
        markers: markersOf(assignment, pid),
        done: watchChild(assignment, { child, pid, output }, events),
      })
      return { ok: true, value: { pid, startTime: readProcess(pid)?.startTime ?? '', bootId: bootId() } }
    },

    async wait(ref) {
      const found = live.get(attemptKey(ref))
      if (!found) throw new Error(`nothing runs for ${attemptKey(ref)}`)
      return found.done
    },

    async stop(ref, how) {
      const found = live.get(attemptKey(ref))
      if (!found) return
      if (how === 'ask') signal(-found.pid, 'SIGTERM')
      else {
        // A process that has just been started may not have entered its groups yet, where it could not be seen.
        if (found.isChild()) signal(-found.pid, 'SIGKILL')
        await groups.kill(attemptFolder(ref), found.markers)
      }
    },

    async recover(assignment, handle, events) {
      const { pid, startTime } = identityOf(handle)
      if (pid === null || !isAlive(pid, startTime)) {
        await groups.kill(attemptFolder(assignment), markersOf(assignment, null))
        return 'gone'
      }
      live.set(attemptKey(assignment), {
        pid,
        isChild: () => false,
        markers: markersOf(assignment, pid),
        done: watchStranger(assignment, pid, startTime, events),
      })
      return 'running'
    },

    async check(assignment, check) {
      const { exec } = assignment
      if (!exec) return { healthy: false, because: 'The assignment names no program.' }
      if (check.shell && !policy.shell) return { healthy: false, because: "This node's policy allows no shell." }
      const ready = commandOf(assignment, exec, check)
      if (!ready.ok) return { healthy: false, because: ready.because }
      const launched = await launch(ready.value.command, ready.value.folder, null)
      if (!launched.ok) return { healthy: false, because: launched.because }
      return awaitCheck(launched.value, check.timeoutMs)
    },

    async measure(ref) {
      const found = live.get(attemptKey(ref))
      if (!found) return null
      const pids = await groups.members(attemptFolder(ref), found.markers)
      const each = pids.flatMap((pid) => readUsage(pid) ?? [])
      if (each.length === 0) return null
      return {
        cpuMs: each.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
        memoryBytes: each.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
      }
    },

    async remove(ref) {
      live.delete(attemptKey(ref))
      await groups.remove(attemptFolder(ref))
      await removeTaskFolder(parts.workFolder, ref)
      await removePipes(pipesOf(ref))
    },
  }

  /** How to start a program of this attempt, the task itself or a check beside it: same user, variables, groups and limits. */
  function commandOf(
    assignment: Assignment,
    exec: ExecSpec,
    { command, args, shell }: Pick<ExecSpec, 'command' | 'args' | 'shell'>,
  ): Attempted<{ readonly command: StartCommand; readonly folder: string }> {
    const { account } = accountOf(exec.user)
    const ownFolder = `${parts.workFolder}/${attemptFolder(assignment)}`
    const folder = exec.workingFolder ?? ownFolder
    const env = taskEnvironment({
      ref: assignment,
      nodeId: parts.nodeId(),
      gpus: assignment.gpus ?? [],
      folder: ownFolder,
      user: account?.name ?? policy.ownUser,
      spec: exec,
      ports: assignment.ports ?? [],
      shard: assignment.shard,
    })
    const program = shell ? '/bin/sh' : findProgram(command, env.PATH, folder)
    if (!program) return { ok: false, because: `There is no program ${command} on this node that may be run.` }
    const forbidden = forbidsProgram(policy, program)
    if (forbidden) return { ok: false, because: forbidden }
    return {
      ok: true,
      value: {
        folder,
        command: startCommand({
          program,
          args: shell ? ['-c', command, 'sh', ...args] : args,
          env,
          brought: Object.keys(exec.env),
          entrances: groups.entrances(attemptFolder(assignment)),
          account,
          limits: exec.limits,
          tools,
          isBoundByGroup: groups.isolation.startsWith('cgroup'),
        }),
      },
    }
  }

  /** Whom the task runs as; null when that is who the agent is. */
  function accountOf(wanted: string | undefined) {
    const user = wanted ?? policy.defaultUser
    if (user === policy.ownUser) return { account: null, because: null }
    const account = findAccount(user)
    if (!account) return { account: null, because: `This node has no user ${user}.` }
    return { account, because: tools.setpriv ? null : `This node lacks setpriv, so a task cannot run as ${user}.` }
  }

  async function watchChild(
    ref: AttemptRef,
    { child, pid, output }: Launched,
    events: DriverEvents,
  ): Promise<DriverExit> {
    const stored = pumpOutput(output, logs.writer(ref), events)
    const { code, signal: by } = await new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
      (resolve) => {
        child.once('exit', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }))
      },
    )
    // The task is its first process; what it left running in the background ends with it.
    await groups.kill(attemptFolder(ref), markersOf(ref, pid))
    await stored
    const usage = await groups.usage(attemptFolder(ref))
    return describeExit({ code, signal: by, usage })
  }

  /** Goes on with the output of a task that an earlier keeper started: it waits in the pipes. */
  async function readOn(ref: AttemptRef, events: DriverEvents): Promise<void> {
    const writer = logs.writer(ref)
    try {
      const output = openKeeperEnds(pipesOf(ref))
      writer.mark('the keeper of this node was restarted here')
      await pumpOutput(output, writer, events)
    } catch {
      writer.mark('the keeper of this node was restarted here: output from here on is not recorded')
    }
  }

  /** A task that an earlier keeper started is nobody's child now: it can be watched, but its exit code goes to init. */
  async function watchStranger(
    ref: AttemptRef,
    pid: number,
    startTime: string,
    events: DriverEvents,
  ): Promise<DriverExit> {
    const stored = readOn(ref, events)
    while (isAlive(pid, startTime)) await new Promise<void>((resolve) => platform.timers.after(watchEveryMs, resolve))
    await groups.kill(attemptFolder(ref), markersOf(ref, pid))
    await stored
    const { killedForMemory: _killed, ...usage } = await groups.usage(attemptFolder(ref))
    const error = 'The keeper of this node was restarted while this ran. It has ended; its exit code is unknown.'
    return { exit: { code: null, signal: null, error, outOfMemory: false }, usage }
  }
}

function markersOf(ref: AttemptRef, pid: number | null): ProcessMarkers {
  return { pid, environment: Object.entries(taskMarkers(ref)).map(([name, value]) => `${name}=${value}`) }
}

/** A pid of another boot of the machine names nobody. */
function identityOf(handle: DriverHandle | null): { readonly pid: number | null; readonly startTime: string } {
  if (typeof handle?.pid !== 'number' || typeof handle.startTime !== 'string' || handle.bootId !== bootId())
    return { pid: null, startTime: '' }
  return { pid: handle.pid, startTime: handle.startTime }
}
