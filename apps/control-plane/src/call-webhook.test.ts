import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { callWebhook, isForbidden } from './call-webhook.ts'

let server: Server | undefined
afterEach(() => server?.close())

async function serve(answer: (url: string, body: string) => { status: number; text: string; location?: string }) {
  const calls: string[] = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => {
      calls.push(`${request.url} ${body}`)
      const { status, text, location } = answer(request.url ?? '', body)
      response.writeHead(status, location ? { location } : {}).end(text)
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
}

describe('a webhook', () => {
  it('is posted to, and its answer given back in short', async () => {
    const { url, calls } = await serve(() => ({ status: 202, text: `${'x'.repeat(500)}` }))
    const answer = await callWebhook({ url: `${url}/scale`, headers: {}, body: '{"a":1}' })
    expect(answer).toEqual({ status: 202, text: 'x'.repeat(200) })
    expect(calls).toEqual(['/scale {"a":1}'])
  })

  it('that redirects is not followed', async () => {
    const { url, calls } = await serve(() => ({ status: 302, text: '', location: '/elsewhere' }))
    expect((await callWebhook({ url, headers: {}, body: '' })).status).toBe(302)
    expect(calls).toHaveLength(1)
  })

  it('that answers without end is cut off', async () => {
    const { url } = await serve(() => ({ status: 200, text: 'x'.repeat(200_000) }))
    await expect(callWebhook({ url, headers: {}, body: '' })).rejects.toThrow('more than 65536 bytes')
  })

  it.each([
    'http://169.254.169.254/latest',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://0.0.0.0/',
  ])('%s is never asked', async (url) => {
    await expect(callWebhook({ url, headers: {}, body: '' })).rejects.toThrow('may not be asked')
  })

  it('may be on this machine or in its network', () => {
    for (const address of ['127.0.0.1', '10.0.0.7', '192.168.1.1', '::1', 'fd12::1'])
      expect(isForbidden(address)).toBe(false)
  })
})
