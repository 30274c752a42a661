import { createConnection } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { startRedis, type TestRedis } from './redis.ts'

describe('startRedis', () => {
  let redis: TestRedis | undefined
  afterEach(async () => {
    await redis?.stop()
    redis = undefined
  })

  it('keeps what was written through kill -9 and restart', async () => {
    redis = await startRedis()
    expect(await send(redis.port, 'SET word quarterdeck')).toBe('+OK')
    await redis.kill9()
    await redis.restart()
    expect(await send(redis.port, 'GET word')).toBe('$11\r\nquarterdeck')
  })

  it('answers nothing while paused and answers again when resumed', async () => {
    redis = await startRedis()
    redis.pause()
    const answer = send(redis.port, 'PING')
    const first = await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('silence'), 300))])
    expect(first).toBe('silence')
    redis.resume()
    expect(await answer).toBe('+PONG')
  })

  it('stops a paused server too', async () => {
    redis = await startRedis()
    redis.pause()
    await redis.stop()
    await expect(send(redis.port, 'PING')).rejects.toThrow('ECONNREFUSED')
  })
})

function send(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write(`${command}\r\n`))
    socket.once('data', (chunk) => {
      socket.destroy()
      resolve(chunk.toString().trim())
    })
    socket.once('error', reject)
  })
}
