import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Name of the folder with the bundles: `pnpm causes` has the tests run on bundles with something wrong in them. */
const dist = process.env.QD_TEST_DIST ?? 'dist'
export const controllerProgram = path.join(root, 'apps/control-plane', dist, 'controller.mjs')
export const agentProgram = path.join(root, 'apps/agent', dist, 'qd-agent.mjs')

export type ControllerProcess = {
  readonly id: string
  readonly url: string
  pid(): number
  isAlive(): boolean
  kill9(): Promise<void>
  pause(): void
  resume(): void
  /** Asks it to stop and waits. */
  stop(): Promise<void>
  /** Starts it again, after `kill9` or `stop`, on the same port. */
  start(): Promise<void>
  /** Its log so far. */
  log(): string
}

/** One controller as its own process, from the built bundle. */
export async function startController(options: {
  readonly id: string
  readonly port: number
  readonly dataDir: string
  readonly env: Readonly<Record<string, string>>
}): Promise<ControllerProcess> {
  const { id, port, dataDir, env } = options
  if (!existsSync(controllerProgram)) throw new Error('the controller is not built: run `pnpm build` first')
  const logFile = path.join(dataDir, `${id}.log`)
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess

  function launch(): ChildProcess {
    const log = createWriteStream(logFile, { flags: 'a' })
    const started = spawn(process.execPath, [controllerProgram], {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: dataDir,
        QD_CONTROLLER_ID: id,
        QD_PORT: String(port),
        QD_PORT_STRICT: 'true',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    started.stdout?.pipe(log, { end: false })
    started.stderr?.pipe(log, { end: false })
    return started
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const readLog = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '')

  async function ready() {
    await eventually(`controller ${id} is ready`, async () => {
      if (hasEnded()) throw new Error(`it ended: ${readLog().slice(-2_000)}`)
      return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok
    })
  }

  async function end(signal: NodeJS.Signals) {
    if (hasEnded()) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    if (signal === 'SIGTERM') child.kill('SIGCONT')
    child.kill(signal)
    await ended
  }

  child = launch()
  await ready()
  return {
    id,
    url,
    pid: () => child.pid ?? 0,
    isAlive: () => !hasEnded(),
    kill9: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async start() {
      child = launch()
      await ready()
    },
    log: readLog,
  }
}
