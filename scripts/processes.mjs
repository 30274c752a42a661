import { execFile, spawn } from 'node:child_process'
import { mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

const logBytesMax = 10 * 1024 * 1024
const restartDelayMs = 10_000
const restartsMax = 5

/**
 * The processes that `npm start` has started: keeps them running, and ends them and all that they started, by pid.
 * Each runs in its own process group, so that a Ctrl-C reaches us alone and the order of the end is ours.
 *
 * @param {{ folder: string }} options where logs and the list of pids go
 */
export function createProcesses({ folder }) {
  const logs = path.join(folder, 'logs')
  const pidFile = path.join(folder, 'processes.json')
  mkdirSync(logs, { recursive: true })
  const running = new Map()
  let stopping = false

  return {
    /** Starts a program. One that ends by itself is started again after a moment, a few times at most. */
    start(name, command, args, env) {
      launch({ name, command, args, env, restarts: 0 })
    },

    logOf: (name) => path.join(logs, `${name}.log`),
    isRunning: (name) => running.has(name),

    /** Ends the named processes, and every process that they had started. All at once, then by force. */
    async stop(names, { graceMs = 10_000 } = {}) {
      stopping = true
      const ending = names.flatMap((name) => running.get(name) ?? [])
      const family = await descendantsOf(ending.map(({ pid }) => pid))
      for (const { pid } of ending) signal(pid, 'SIGTERM')
      await within(graceMs, Promise.all(ending.map(({ ended }) => ended)))
      for (const { pid, name } of ending) if (running.has(name)) signal(pid, 'SIGKILL')
      // Tasks outlive the agent that started them, by design. This cluster ends with us.
      const left = await stillThere(family)
      for (const pid of left) signal(pid, 'SIGTERM')
      if (left.length > 0) await within(2_000, untilGone(family))
      for (const pid of await stillThere(family)) signal(pid, 'SIGKILL')
      await within(5_000, Promise.all(ending.map(({ ended }) => ended)))
    },

    names: () => [...running.keys()],

    /** Without asking: for a second Ctrl-C. */
    kill() {
      stopping = true
      for (const { pid } of running.values()) signal(pid, 'SIGKILL')
    },

    forget: () => rmSync(pidFile, { force: true }),
  }

  function launch(program) {
    const { name, command, args, env } = program
    const log = openSync(rotated(path.join(logs, `${name}.log`)), 'a')
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', log, log], detached: true })
    const startedAt = performance.now()
    const ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message))
      child.once('exit', (code, killedBy) => resolve(killedBy ?? `code ${code}`))
    })
    running.set(name, { name, pid: child.pid, ended })
    remember()

    void ended.then((how) => {
      running.delete(name)
      if (stopping) return
      remember()
      const restarts = performance.now() - startedAt > 60_000 ? 0 : program.restarts
      const says = `${name} ended (${how}), its log: ${path.join(logs, `${name}.log`)}`
      if (restarts >= restartsMax) return console.error(`${says}. It is not started again.`)
      console.error(`${says}. Starting it again in ${restartDelayMs / 1000} s.`)
      setTimeout(() => {
        if (!stopping) launch({ ...program, restarts: restarts + 1 })
      }, restartDelayMs)
    })
  }

  function remember() {
    writeFileSync(pidFile, JSON.stringify([...running.values()].map(({ name, pid }) => ({ name, pid }))))
  }
}

function rotated(file) {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > logBytesMax) renameSync(file, `${file}.1`)
  return file
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (error.code !== 'ESRCH') throw error
  }
}

async function within(ms, promise) {
  let timer
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, ms)))])
  clearTimeout(timer)
}

/** Every process below these, with the moment of its start, so that a pid that is used anew is not taken for it. */
async function descendantsOf(pids) {
  const processes = await listProcesses()
  const found = new Map()
  let parents = new Set(pids)
  while (parents.size > 0) {
    const children = processes.filter(({ pid, ppid }) => parents.has(ppid) && !found.has(pid))
    for (const child of children) found.set(child.pid, child.started)
    parents = new Set(children.map(({ pid }) => pid))
  }
  return found
}

async function stillThere(family) {
  if (family.size === 0) return []
  const processes = await listProcesses()
  return processes.filter(({ pid, started }) => family.get(pid) === started).map(({ pid }) => pid)
}

async function untilGone(family) {
  while ((await stillThere(family)).length > 0) await new Promise((resolve) => setTimeout(resolve, 100))
}

async function listProcesses() {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,lstart='], {
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state]) => !state?.startsWith('Z'))
    .map(([pid, ppid, , ...started]) => ({ pid: Number(pid), ppid: Number(ppid), started: started.join(' ') }))
}
