import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contentPolicy, inlineScriptHashes } from './content-policy.ts'
import { type DashboardFiles, loadDashboard } from './dashboard-files.ts'

let folder: string
let files: DashboardFiles

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'qd-dashboard-'))
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true })
    writeFileSync(path.join(folder, name), text)
  }
  write('index.html', '<script>boot()</script><script src="/_next/static/a.js"></script>')
  write('404.html', 'no such page')
  write('nodes.html', 'nodes')
  write('nodes/_.html', 'node page')
  write('nodes/_.txt', 'node data')
  write('nodes/_/__next._tree.txt', 'node tree')
  write('_next/static/a.js', 'x'.repeat(5_000))
  files = loadDashboard(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

const text = (urlPath: string) => files.find(urlPath)?.body.toString()

describe('the files of the dashboard', () => {
  it('are found as a browser asks for them', () => {
    expect(text('/')).toContain('boot()')
    expect(text('/nodes')).toBe('nodes')
    expect(text('/nodes/')).toBe('nodes')
    expect(files.find('/_next/static/a.js')?.isImmutable).toBe(true)
  })

  it('answer for any id with the placeholder of its route', () => {
    expect(text('/nodes/web-3')).toBe('node page')
    expect(text('/nodes/web.3')).toBe('node page')
    expect(text('/nodes/web-3.txt')).toBe('node data')
    expect(text('/nodes/web-3/__next._tree.txt')).toBe('node tree')
    expect(text('/tasks/t1')).toBeUndefined()
  })

  it.each(['/../settings.test.ts', '/%2e%2e/%2e%2e/etc/passwd', '/nodes/../../x', '/%', '//etc/passwd'])(
    'are the only ones that %s can reach',
    (urlPath) => {
      expect(['node page', undefined]).toContain(text(urlPath))
    },
  )

  it('are compressed when that helps', () => {
    const script = files.find('/_next/static/a.js')
    const packed = script?.encoded('br')
    expect(packed && brotliDecompressSync(packed).toString()).toBe('x'.repeat(5_000))
    expect(files.find('/nodes')?.encoded('br')).toBeNull()
  })

  it('are none when the folder is not there', () => {
    const none = loadDashboard(path.join(folder, 'missing'))
    expect(none.count).toBe(0)
    expect(none.find('/')).toBeUndefined()
  })
})

describe('the content policy of a page', () => {
  it('allows its own inline scripts by hash, and no others', () => {
    const hashes = files.find('/')?.scriptHashes ?? []
    expect(hashes).toEqual(inlineScriptHashes('<script>boot()</script>'))
    expect(hashes).toHaveLength(1)
    const policy = contentPolicy(hashes, ['http://127.0.0.1:7401'])
    expect(policy).toContain(`script-src 'self' ${hashes[0]};`)
    expect(policy).toContain("connect-src 'self' http://127.0.0.1:7401;")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  })
})
