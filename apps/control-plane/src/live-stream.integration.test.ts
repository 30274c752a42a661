import http from 'node:http'
import { createGunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHeaders, setUpAdmin, startTestCluster, type TestCluster, until } from './testing/test-cluster.ts'

let cluster: TestCluster
let url: string
let headers: Record<string, string>

beforeAll(async () => {
  cluster = await startTestCluster(1)
  const [controller] = cluster.controllers
  if (!controller) throw new Error('no controller')
  const { cookie } = await setUpAdmin(controller, 'correct horse battery staple')
  url = controller.url
  headers = pageHeaders(url, cookie)
})
afterAll(async () => cluster.stop())

const streamsOpen = async () => Number(/^qd_streams (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text())?.[1])

/** Reads a page's stream until it has said something, then hangs up. */
function readUntil(acceptEncoding: string, enough: (text: string) => boolean) {
  const input = encodeURIComponent(JSON.stringify({ topics: ['nodes', 'controllers'] }))
  return new Promise<{ encoding: string | undefined; text: string }>((resolve, reject) => {
    const request = http.get(
      `${url}/trpc/cluster.stream?input=${input}`,
      { headers: { ...headers, 'accept-encoding': acceptEncoding } },
      (response) => {
        const encoding = response.headers['content-encoding']
        const plain = encoding === 'gzip' ? response.pipe(createGunzip()) : response
        let text = ''
        plain.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (!enough(text)) return
          plain.removeAllListeners('data')
          request.destroy()
          resolve({ encoding, text })
        })
        plain.on('error', () => {})
      },
    )
    request.once('error', reject)
  })
}

const ticks = (text: string) => text.split('"t":"tick"').length - 1

describe('the live stream of a page', () => {
  it.each([
    ['gzip, deflate, br', 'gzip'],
    ['identity', undefined],
    ['gzip;q=0, identity', undefined],
  ])(
    'tells a browser that accepts %s each frame when it is made, and ends with the page',
    async (accepts, encoding) => {
      const read = await readUntil(accepts, (text) => ticks(text) >= 3)
      expect(read.encoding).toBe(encoding)
      const frames = [...read.text.matchAll(/"t":"(\w+)"/g)].map(([, kind]) => kind)
      expect(frames.slice(0, 2)).toEqual(['hello', 'snapshot'])
      await until('the controller has noticed', async () => (await streamsOpen()) === 0)
    },
  )
})
