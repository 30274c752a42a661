import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'

export type RedisOptions = {
  /** Default true: production refuses a Redis without it. */
  readonly appendonly?: boolean
  /**
   * Default `everysec`. Redis may then hold an acknowledged write back for up to two seconds, which `kill9` loses: a test that counts
   * acknowledged writes takes `always`.
   */
  readonly appendfsync?: 'always' | 'everysec' | 'no'
  /** Redis's own notation: `64mb`. Default: no limit. */
  readonly maxmemory?: string
  /** More lines for the command line, for example `['--maxmemory-policy', 'allkeys-lru']`. */
  readonly extra?: readonly string[]
}

export type TestRedis = {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  /** Process id of the server that runs now. */
  pid(): number
  /** Asks it to stop (it writes what it holds), then removes its data. */
  stop(): Promise<void>
  /** As a crash of the process: what was written to the AOF stays with the kernel. */
  kill9(): Promise<void>
  /** SIGSTOP: sockets stay open and nothing answers. */
  pause(): void
  resume(): void
  /** Starts it again on the same port and data, after `kill9`, or after asking a live one to stop. */
  restart(): Promise<void>
}

/** A private redis-server on a free loopback port, with its own data directory. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'qd-redis-'))
  // Between asking for a free port and Redis taking it, another test may have taken it: then try another.
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    try {
      return control(port, dataDir, options, await launch(port, dataDir, options))
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

/** A port of 127.0.0.1 that nothing listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port)
        else reject(new Error('no port was given'))
      })
    })
  })
}

function control(port: number, dataDir: string, options: RedisOptions, first: ChildProcess): TestRedis {
  let server = first

  async function end(signal: 'SIGTERM' | 'SIGKILL') {
    if (hasEnded(server)) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    // A stopped process does not act on SIGTERM until it runs again.
    if (signal === 'SIGTERM') server.kill('SIGCONT')
    server.kill(signal)
    await ended
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dataDir,
    pid: () => {
      if (server.pid === undefined) throw new Error('redis-server has no process id')
      return server.pid
    },
    async stop() {
      await end('SIGTERM')
      await rm(dataDir, { recursive: true, force: true })
    },
    kill9: () => end('SIGKILL'),
    pause: () => {
      server.kill('SIGSTOP')
    },
    resume: () => {
      server.kill('SIGCONT')
    },
    async restart() {
      await end('SIGTERM')
      server = await launch(port, dataDir, options)
    },
  }
}

async function launch(port: number, dataDir: string, options: RedisOptions): Promise<ChildProcess> {
  const server = spawn('redis-server', commandLine(port, dataDir, options), { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4_000)
  }
  server.stdout.on('data', keep)
  server.stderr.on('data', keep)

  let failure: Error | undefined
  server.once('error', (error) => {
    failure = error
  })
  // A test run that is cut short must not leave servers behind.
  const endWithUs = () => server.kill('SIGKILL')
  process.once('exit', endWithUs)
  server.once('exit', () => process.off('exit', endWithUs))

  while (!(await answersPing(port))) {
    if (failure) throw failure
    if (hasEnded(server)) throw new Error(`redis-server ended before it answered:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  if (hasEnded(server)) throw new Error(`something else answers on port ${port}:\n${output}`)
  return server
}

function commandLine(port: number, dataDir: string, options: RedisOptions): string[] {
  const { appendonly = true, appendfsync = 'everysec', maxmemory, extra = [] } = options
  return [
    ...['--bind', '127.0.0.1', '--port', String(port), '--dir', dataDir, '--save', ''],
    ...['--appendonly', appendonly ? 'yes' : 'no', '--appendfsync', appendfsync, '--maxmemory-policy', 'noeviction'],
    ...(maxmemory ? ['--maxmemory', maxmemory] : []),
    ...extra,
  ]
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

/** True once the server has loaded its data: before that it answers `-LOADING`. */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'))
    const settle = (answered: boolean) => {
      socket.destroy()
      resolve(answered)
    }
    socket.setTimeout(1_000, () => settle(false))
    socket.once('data', (chunk) => settle(/^(\+PONG|-NOAUTH)/.test(chunk.toString())))
    socket.once('error', () => settle(false))
    socket.once('close', () => settle(false))
  })
}
