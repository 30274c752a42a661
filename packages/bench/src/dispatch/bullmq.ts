import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startRedis } from '@quarterdeck/testkit'
import { Queue, QueueEvents } from 'bullmq'
import { cpuMsOf } from '../measure/cpu-time.ts'
import { commandsProcessed } from '../measure/redis-counts.ts'
import type { Contender } from './contender.ts'

const BATCH = 500

/** The peer: queue and its events in this process, one worker process, a Redis with the same settings as ours. */
export async function startBullmq({ concurrency }: { readonly concurrency: number }): Promise<Contender> {
  const redis = await startRedis()
  const connection = { host: '127.0.0.1', port: redis.port }
  const queue = new Queue('bench', { connection, defaultJobOptions: { removeOnComplete: 10_000 } })
  const events = new QueueEvents('bench', { connection })
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
    cpuMs: () => cpuMsOf(worker.pid ?? 0) + cpuMsOf(redis.pid()),
    commands: () => commandsProcessed(redis.url),
    async stop() {
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      worker.kill('SIGKILL')
      await ended
      await events.close()
      await queue.close()
      await redis.stop()
    },
  }
}
