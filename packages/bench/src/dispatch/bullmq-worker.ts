import { Worker } from 'bullmq'

/** The peer's worker, as a process of its own: `bullmq-worker <port> <concurrency>`. */
const [port, concurrency] = process.argv.slice(2).map(Number)
const worker = new Worker('bench', async () => null, {
  connection: { host: '127.0.0.1', port: port ?? 6379 },
  concurrency: concurrency ?? 1,
})
worker.on('error', () => {})
await worker.waitUntilReady()
process.send?.('ready')
process.once('disconnect', () => process.exit(0))
