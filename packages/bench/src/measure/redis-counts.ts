import { createClient } from 'redis'

/** Commands that a Redis has processed since it started, scripts counting as what they are: one command. */
export async function commandsProcessed(url: string): Promise<number> {
  return await withRedis(url, async (redis) =>
    Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))?.[1] ?? 0),
  )
}

/** Milliseconds of one PING after another: what one trip to Redis costs on this machine at this moment. */
export async function roundTripMs(url: string, trips: number): Promise<number> {
  return await withRedis(url, async (redis) => {
    for (let count = 0; count < 100; count++) await redis.ping()
    const startedAt = performance.now()
    for (let count = 0; count < trips; count++) await redis.ping()
    return (performance.now() - startedAt) / trips
  })
}

async function withRedis<Value>(
  url: string,
  use: (redis: { info(section: string): Promise<string>; ping(): Promise<unknown> }) => Promise<Value>,
): Promise<Value> {
  const client = createClient({ url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use({ info: (section) => client.info(section), ping: () => client.ping() })
  } finally {
    client.destroy()
  }
}
