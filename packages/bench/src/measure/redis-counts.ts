import { createClient } from 'redis'

export type RedisWork = {
  /** Commands that were carried out, those inside scripts included. */
  readonly commands: number
  /** Reads from its clients' sockets: about as many trips, since what comes together is read together. */
  readonly trips: number
}

/** What a Redis has done since it started. */
export async function redisWork(url: string): Promise<RedisWork> {
  return await withRedis(url, async (redis) => {
    const info = await redis.info('stats')
    const number = (name: string) => Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1] ?? 0)
    return { commands: number('total_commands_processed'), trips: number('total_reads_processed') }
  })
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
