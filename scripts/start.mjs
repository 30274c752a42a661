/**
 * `npm start`: a whole cluster on this machine. Installs, builds, then starts Redis, three controllers and five agents in
 * three zones, gives them something to run, and prints one line to open. Ctrl-C ends all of it. Run again: same data.
 *
 *   npm start -- --no-install     installs no program on this machine, only says which is missing
 *
 *   QD_DATA_DIR     where everything is kept (default: .quarterdeck in this folder)
 *   QD_REDIS_URL    a Redis to use instead of an own one
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freePort } from './free-port.mjs'
import { startPrivateRedis } from './private-redis.mjs'
import { createProcesses } from './processes.mjs'
import { ensurePrograms, findProgram } from './programs.mjs'
import { runSample } from './run-sample.mjs'
import { cacheFolder, endRunning, installDependencies, root, turbo } from './toolchain.mjs'

const controllers = [
  { id: 'controller-1', port: 7400 },
  { id: 'controller-2', port: 7401 },
  { id: 'controller-3', port: 7402 },
]
const agents = [
  { id: 'node-1', zone: 'zone-a' },
  { id: 'node-2', zone: 'zone-a' },
  { id: 'node-3', zone: 'zone-b' },
  { id: 'node-4', zone: 'zone-b' },
  { id: 'node-5', zone: 'zone-c' },
]
const qd = path.join(root, 'apps', 'cli', 'dist', 'qd.mjs')
const controllerProgram = path.join(root, 'apps', 'control-plane', 'dist', 'controller.mjs')
const folder = path.resolve(process.env.QD_DATA_DIR || path.join(root, '.quarterdeck'))

mkdirSync(folder, { recursive: true, mode: 0o700 })
const release = await takeFolder()
const processes = createProcesses({ folder })
let endingSince
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, end)

try {
  await start()
} catch (error) {
  if (endingSince === undefined) {
    console.error(error.message)
    process.exitCode = 1
    await end()
  }
}

async function start() {
  say('Installing packages')
  await must(installDependencies({ quiet: true }), 'The install failed.')
  say(`Building (nothing to do if built before; cache: ${cacheFolder()})`)
  await must(turbo(['build', '--concurrency=2', '--output-logs=errors-only'], { quiet: true }), 'The build failed.')

  const redisUrl = process.env.QD_REDIS_URL || (await ownRedis())
  await placeControllers()
  const secrets = await startControllers(redisUrl)
  await startAgents(secrets.joinToken)
  await startSample(secrets.apiToken)

  const [url] = urls()
  console.log(`\nLogs and data: ${folder}   Ctrl-C ends everything.\n`)
  console.log(secrets.setupToken ? `Open  ${url}/setup#${secrets.setupToken}` : `Open  ${url}`)
}

async function ownRedis() {
  const found = await ensurePrograms(['redis'], { mayInstall: !process.argv.includes('--no-install') })
  if (!found.ok) throw new Error(found.because)
  const port = await freePort(7479, { what: 'Redis' })
  say(`Starting Redis on port ${port}`)
  return startPrivateRedis({ program: findProgram('redis'), port, folder: path.join(folder, 'redis'), processes })
}

async function placeControllers() {
  const taken = new Set()
  for (const controller of controllers) {
    controller.port = await freePort(controller.port, { what: controller.id, taken })
    taken.add(controller.port)
  }
}

/**
 * The first controller is told to leave, once, what a cluster without users needs to be entered: the token of the
 * sign-in link, a join token for the agents, an API token for the sample.
 */
async function startControllers(redisUrl) {
  say(`Starting controllers on ports ${controllers.map(({ port }) => port).join(', ')}`)
  const starter = path.join(folder, 'starter.json')
  rmSync(starter, { force: true })
  for (const [index, { id, port }] of controllers.entries()) {
    processes.start(id, process.execPath, [qd, 'controller'], {
      QD_CONTROLLER_ID: id,
      QD_HOST: '127.0.0.1',
      QD_PORT: String(port),
      QD_PORT_STRICT: 'true',
      QD_REDIS_URL: redisUrl,
      ...(index === 0 ? { QD_STARTER_FILE: starter } : {}),
    })
  }
  for (const { id, port } of controllers)
    await until(`${id} is ready`, id, () => answers(`http://127.0.0.1:${port}/readyz`))
  await until('the first controller has left its tokens', 'controller-1', () => readJson(starter) !== undefined)
  return readJson(starter)
}

async function startAgents(joinToken) {
  say(`Starting ${agents.length} agents in 3 zones`)
  for (const [index, { id, zone }] of agents.entries()) {
    processes.start(id, process.execPath, [qd, 'agent', 'join'], {
      // They share this machine, and so its ports.
      QD_PORT_RANGE: `${20_000 + index * 1_000}-${20_999 + index * 1_000}`,
      QD_NODE_NAME: id,
      QD_ZONE: zone,
      QD_CONTROLLERS: urls().join(','),
      QD_JOIN_TOKEN: joinToken,
      QD_DATA_DIR: path.join(folder, 'nodes', id),
      QD_HANDLERS: path.join(root, 'examples', 'handlers.mjs'),
      // For "promote": the node's agent then runs a controller beside itself.
      QD_ALLOW_CONTROLLER: 'true',
      QD_CONTROLLER_ENTRY: controllerProgram,
    })
  }
}

async function startSample(apiToken) {
  const sample = runSample({ urls: urls(), token: apiToken })
  await until('the first node is ready', agents[0].id, sample.isWelcome)
  const { submitted, refused } = await sample.submitOnce()
  say(`Submitted ${submitted} sample tasks, and a short one every ${sample.everySeconds} s`)
  for (const sentence of refused) console.error(sentence)
  sample.goOn()
}

function urls() {
  return controllers.map(({ port }) => `http://127.0.0.1:${port}`)
}

/** Agents first, then controllers, then Redis: each can still tell the next what it has to say. A second signal: at once. */
async function end() {
  if (endingSince !== undefined) {
    // One Ctrl-C can arrive twice: from the terminal, and passed on by npm.
    if (performance.now() - endingSince < 1_000) return
    processes.kill()
    process.exit(130)
  }
  endingSince = performance.now()
  endRunning()
  say('Ending')
  const names = processes.names()
  await processes.stop(names.filter((name) => !name.startsWith('controller-') && name !== 'redis'))
  await processes.stop(names.filter((name) => name.startsWith('controller-')))
  await processes.stop(['redis'])
  release()
  process.exit(process.exitCode ?? 0)
}

/** One `npm start` per data folder. What an earlier one left running, when it was killed, is ended first. */
async function takeFolder() {
  const file = path.join(folder, 'start.pid')
  const other = readJson(file)
  if (other && isOurs(other.pid, 'start.mjs')) {
    console.error(`Already running from ${folder} (pid ${other.pid}).`)
    process.exit(1)
  }
  const left = readJson(path.join(folder, 'processes.json')) ?? []
  const running = left.filter(({ name, pid }) => isOurs(pid, name === 'redis' ? 'redis' : qd))
  for (const { name, pid } of running) {
    console.log(`Ending ${name} (pid ${pid}), left from an earlier start`)
    process.kill(pid, 'SIGKILL')
  }
  // Their ports are free only then.
  while (running.some(({ name, pid }) => isOurs(pid, name === 'redis' ? 'redis' : qd))) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  writeFileSync(file, JSON.stringify({ pid: process.pid }))
  return () => {
    processes.forget()
    rmSync(file, { force: true })
  }
}

/** Whether the pid is still the process that we mean: pids are used anew. */
function isOurs(pid, word) {
  try {
    process.kill(pid, 0)
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word)
  } catch {
    return false
  }
}

async function until(what, process, check) {
  const deadline = performance.now() + 120_000
  while (!(await check())) {
    if (endingSince !== undefined) throw new Error('ended')
    if (performance.now() > deadline)
      throw new Error(`Waited 120 s until ${what}. Its log: ${processes.logOf(process)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok
  } catch {
    return false
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

async function must(work, sentence) {
  const { ok, because } = await work
  if (!ok) throw new Error(`${sentence} (${because})`)
}

function say(text) {
  console.log(`[${(performance.now() / 1000).toFixed(1).padStart(6)} s] ${text}`)
}
