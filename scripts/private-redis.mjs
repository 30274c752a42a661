import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import path from 'node:path'

/**
 * Starts a Redis of our own: loopback only, behind a password, in our folder. Never one that runs already on the machine.
 *
 * @param {{ program: string, port: number, folder: string, processes: ReturnType<import('./processes.mjs').createProcesses> }} options
 * @returns {Promise<string>} its URL, once it answers
 */
export async function startPrivateRedis({ program, port, folder, processes }) {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const password = passwordIn(folder)
  const configuration = path.join(folder, 'redis.conf')
  const lines = [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir ${JSON.stringify(folder)}`,
    'appendonly yes',
    // A kill -9 of Redis must not take anything back that was acknowledged.
    'appendfsync always',
    'save ""',
    // Truth is never evicted: at the limit Redis refuses, and the control plane says so.
    'maxmemory-policy noeviction',
    `requirepass ${password}`,
  ]
  writeFileSync(configuration, `${lines.join('\n')}\n`, { mode: 0o600 })
  processes.start('redis', program, [configuration])

  const deadline = performance.now() + 60_000
  while (!(await answers(port, password))) {
    if (!processes.isRunning('redis') || performance.now() > deadline) {
      throw new Error(`Redis did not start, its log: ${processes.logOf('redis')}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return `redis://:${password}@127.0.0.1:${port}`
}

function passwordIn(folder) {
  const file = path.join(folder, 'password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

/** True once it has loaded its data: before that it answers -LOADING. */
function answers(port, password) {
  return new Promise((resolve) => {
    let reply = ''
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(`AUTH ${password}\r\nPING\r\n`))
    const settle = (answered) => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(1_000, () => settle(false))
    socket.on('data', (chunk) => {
      reply += chunk
      if (reply.includes('+PONG')) settle(true)
      else if (reply.includes('-LOADING')) settle(false)
    })
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
