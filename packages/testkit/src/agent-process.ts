import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { agentProgram } from './controller-process.ts'
import { type ProcessInfo, processTree } from './process-tree.ts'

export type AgentProcess = {
  readonly nodeId: string
  readonly dataDir: string
  /** The keeper, the agent and everything they started. */
  tree(): ProcessInfo[]
  /** Process of the agent proper, the keeper's child that talks to controllers; undefined while it is being started again. */
  agentPid(): number | undefined
  keeperPid(): number
  /** Kills only the agent; its keeper starts it again. */
  kill9Agent(): void
  /** Kills keeper, agent and all tasks at once, as when the machine loses power. */
  kill9Tree(): Promise<void>
  /** SIGSTOP of keeper and agent; tasks go on. */
  pause(): void
  resume(): void
  /** Asks it to stop, tasks included. */
  stop(): Promise<void>
  start(): void
  log(): string
}

/** One node: keeper and agent as processes, from the built one-file agent. */
export async function startAgent(options: {
  readonly nodeId: string
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
}): Promise<AgentProcess> {
  const { nodeId, env } = options
  if (!existsSync(agentProgram)) throw new Error('the agent is not built: run `pnpm build` first')
  const dataDir = path.join(options.dataDir, nodeId)
  await mkdir(dataDir, { recursive: true })
  const logFile = path.join(dataDir, 'process.log')
  let child: ChildProcess

  function launch(): ChildProcess {
    const log = createWriteStream(logFile, { flags: 'a' })
    const started = spawn(process.execPath, [agentProgram, 'run'], {
      env: { PATH: process.env.PATH ?? '', HOME: dataDir, QD_NODE_NAME: nodeId, QD_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.stdout?.pipe(log, { end: false })
    started.stderr?.pipe(log, { end: false })
    return started
  }
  const rootPid = () => child.pid ?? 0
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const tree = () => (hasEnded() ? [] : processTree(rootPid()))
  const ofAgent = ({ command }: ProcessInfo) => command.includes('qd-agent.mjs')
  const agentPid = () =>
    tree().find((each) => each.pid !== rootPid() && ofAgent(each) && / session$/.test(each.command))?.pid

  function signal(pids: readonly number[], name: NodeJS.Signals) {
    for (const pid of pids) {
      try {
        process.kill(pid, name)
      } catch {
        // It is gone already, which is what was wanted.
      }
    }
  }
  async function ended() {
    if (!hasEnded()) await new Promise((resolve) => child.once('exit', resolve))
  }

  child = launch()
  return {
    nodeId,
    dataDir,
    tree,
    agentPid,
    keeperPid: rootPid,
    kill9Agent() {
      const pid = agentPid()
      if (pid === undefined) throw new Error(`no agent process below ${rootPid()}: ${JSON.stringify(tree())}`)
      process.kill(pid, 'SIGKILL')
    },
    async kill9Tree() {
      const pids = tree().map(({ pid }) => pid)
      // The keeper first, so that it does not start anything again.
      signal(pids, 'SIGKILL')
      await ended()
    },
    pause() {
      signal(
        tree()
          .filter(ofAgent)
          .map(({ pid }) => pid),
        'SIGSTOP',
      )
    },
    resume() {
      signal(
        tree()
          .filter(ofAgent)
          .map(({ pid }) => pid),
        'SIGCONT',
      )
    },
    async stop() {
      if (hasEnded()) return
      signal(
        tree()
          .filter(ofAgent)
          .map(({ pid }) => pid),
        'SIGCONT',
      )
      child.kill('SIGTERM')
      await ended()
    },
    start() {
      child = launch()
    },
    log: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : ''),
  }
}
