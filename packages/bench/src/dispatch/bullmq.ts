import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@quarterdeck/testkit'
import { Queue, QueueEvents } from 'bullmq'
import { Redis } from 'ioredis'
import { cpuMsOf } from '../measure/cpu-time.ts'
import { redisWork } from '../measure/redis-counts.ts'
import type { Contender } from './contender.ts'

const BATCH = 500

/** The peer: queue and its events in this process, one worker process, a Redis with the same settings as ours. */
export async function startBullmq({ concurrency }: { readonly concurrency: number }): Promise<Contender> {
  const redis = await startRedis()
  // Events block on their connection, so they have one of their own.
  const connections = [1, 2].map(() => new Redis({ host: '127.0.0.1', port: redis.port, maxRetriesPerRequest: null }))
  const [forQueue, forEvents] = connections
  if (!forQueue || !forEvents) throw new Error('two connections were made')
  const queue = new Queue('bench', { connection: forQueue, defaultJobOptions: { removeOnComplete: 10_000 } })
  const events = new QueueEvents('bench', { connection: forEvents })
  queue.on('error', () => {})
  events.on('error', () => {})
  const file = fileURLToPath(new URL('./bullmq-worker.ts', import.meta.url))
  const worker = fork(file, [String(redis.port), String(concurrency)])
  await Promise.all([
    queue.waitUntilReady(),
    events.waitUntilReady(),
    new Promise((resolve) => worker.once('message', resolve)),
  ])

  return {
    name: `BullMQ (concurrency ${concurrency})`,
    async runMany(count) {
      let left = count
      const allSeen = new Promise<void>((resolve) => {
        const onCompleted = () => {
          if (--left > 0) return
          events.off('completed', onCompleted)
          resolve()
        }
        events.on('completed', onCompleted)
      })
      for (let from = 0; from < count; from += BATCH) {
        await queue.addBulk(Array.from({ length: Math.min(BATCH, count - from) }, () => ({ name: 'noop', data: null })))
      }
      await allSeen
    },
    async runOne() {
      const job = await queue.add('noop', null)
      await job.waitUntilFinished(events)
    },
    cpuMs: () => ({ worker: cpuMsOf(worker.pid ?? 0), redis: cpuMsOf(redis.pid()) }),
    redisWork: () => redisWork(redis.url),
    async stop() {
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      worker.kill('SIGKILL')
      await ended
      await events.close()
      await queue.close()
      for (const connection of connections) connection.disconnect()
      await redis.stop()
    },
  }
}
