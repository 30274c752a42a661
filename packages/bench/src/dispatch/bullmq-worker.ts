import { Worker } from 'bullmq'
import { Redis } from 'ioredis'

/** The peer's worker, as a process of its own: `bullmq-worker <port> <concurrency>`. */
const [port, concurrency] = process.argv.slice(2).map(Number)
const worker = new Worker('bench', async () => null, {
  // What its documentation asks of a worker's connection.
  connection: new Redis({ host: '127.0.0.1', port: port ?? 6379, maxRetriesPerRequest: null }),
  concurrency: concurrency ?? 1,
})
worker.on('error', () => {})
await worker.waitUntilReady()
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
