import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { eventually } from './eventually.ts'
import type { FakeController } from './fake-controller.ts'

/** An agent as it runs on a machine: its one file, started as a keeper, with a data folder of its own. */
export type AgentUnderTest = {
  readonly dataFolder: string
  /** What keeper and agent wrote to their log. */
  output(): string
  keeperPid(): number
  /** The process that speaks to the controller now. */
  agentPid(): Promise<number>
  /** Kills keeper and agent with no warning; tasks are left alone. */
  crash(): Promise<void>
  /** Starts it again on the same data folder. */
  start(): void
  /** Asks it to stop, as `qd agent stop` does, and waits for its end. Gives the exit code. */
  stop(): Promise<number | null>
  /** Stops it by force and deletes what it left. */
  dispose(): Promise<void>
}

/** Bundles the agent's program into a folder of its own. Returns the file. */
export function buildAgent(repositoryFolder: string): { readonly program: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'qd-agent-build-'))
  // Agents of other users run it too.
  chmodSync(folder, 0o755)
  const program = path.join(folder, 'built', 'qd-agent.mjs')
  execFileSync(process.execPath, [path.join(repositoryFolder, 'scripts/build-app.mjs'), 'src/main.ts', program], {
    cwd: path.join(repositoryFolder, 'apps/agent'),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export function startLoneAgent(
  program: string,
  controller: FakeController,
  env: Readonly<Record<string, string>> = {},
  /** User that it runs as, when the test is root. */
  uid?: number,
): AgentUnderTest {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'qd-agent-test-'))
  const dataFolder = path.join(folder, 'data')
  // Tasks of other users pass through it on the way to their own folders.
  chmodSync(folder, 0o711)
  if (uid !== undefined) chownSync(folder, uid, uid)
  let keeper: ChildProcess
  let output = ''
  const agent: AgentUnderTest = {
    dataFolder,
    output: () => output,
    keeperPid: () => keeper.pid ?? 0,
    agentPid: () =>
      eventually('an agent process runs under the keeper', () =>
        childrenOf(keeper.pid ?? 0).find((pid) => commandLine(pid).includes('session')),
      ),
    async crash() {
      const pids = [keeper.pid ?? 0, ...childrenOf(keeper.pid ?? 0).filter((pid) => commandLine(pid).includes(program))]
      for (const pid of pids) kill(pid)
      await eventually('keeper and agent are gone', () => pids.every((pid) => !isRunning(pid)))
    },
    start() {
      keeper = spawn(process.execPath, [program, 'run'], {
        env: {
          PATH: process.env.PATH,
          HOME: folder,
          QD_CONTROLLERS: controller.url,
          QD_JOIN_TOKEN: controller.joinToken,
          QD_NODE_NAME: 'node-under-test',
          QD_DATA_DIR: dataFolder,
          QD_WORK_DIR: path.join(folder, 'work'),
          QD_LOG_LEVEL: 'debug',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(uid === undefined ? {} : { uid, gid: uid }),
      })
      const note = (chunk: Buffer) => {
        output += chunk.toString()
      }
      keeper.stdout?.on('data', note)
      keeper.stderr?.on('data', note)
    },
    async stop() {
      const ended = new Promise<number | null>((resolve) => keeper.once('exit', resolve))
      keeper.kill('SIGTERM')
      return ended
    },
    async dispose() {
      await agent.crash()
      for (const pid of [
        ...pidsIn(dataFolder, 'journal.log').map((task) => -task),
        ...pidsIn(dataFolder, 'controller.json'),
      ])
        kill(pid)
      await eventually('its groups are empty', () => removeGroups(dataFolder))
      rmSync(folder, { recursive: true, force: true })
    },
  }
  agent.start()
  return agent
}

/** The cgroups that a killed agent could not delete. False while one is still busy. */
function removeGroups(dataFolder: string): boolean {
  const name = createHash('sha256').update(dataFolder).digest('hex').slice(0, 12)
  const parents = ['freezer', 'cpu', 'cpuacct', 'memory', 'pids', ''].map((tree) =>
    path.join('/sys/fs/cgroup', tree, 'quarterdeck', name),
  )
  return parents
    .filter((parent) => existsSync(parent))
    .every((parent) => {
      const groups = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory())
      for (const folder of [...groups.map((group) => path.join(parent, group.name)), parent]) {
        for (const pid of readFileSync(path.join(folder, 'cgroup.procs'), 'utf8').split('\n'))
          if (pid) kill(Number(pid))
        try {
          rmdirSync(folder)
        } catch {
          return false
        }
      }
      return true
    })
}

/** Process ids that the agent noted in a file of its data folder: its tasks', each the leader of a process group, or its controller's. */
function pidsIn(dataFolder: string, file: string): number[] {
  try {
    const text = readFileSync(path.join(dataFolder, file), 'utf8')
    return [...text.matchAll(/"pid":(\d+)/g)].map((match) => Number(match[1]))
  } catch {
    return []
  }
}

export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z'
  } catch {
    return false
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
      } catch {
        return false
      }
    })
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
