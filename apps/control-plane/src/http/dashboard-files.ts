import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { inlineScriptHashes } from './content-policy.ts'

export type DashboardFile = {
  readonly body: Buffer
  readonly type: string
  readonly etag: string
  /** Named by their content: never fetched twice. */
  readonly isImmutable: boolean
  /** Null for files that are not pages. */
  readonly scriptHashes: readonly string[] | null
  /** Compressed on first use and kept; null when compressing gains nothing. */
  encoded(encoding: 'br' | 'gzip'): Buffer | null
}

export type DashboardFiles = {
  /** The file for a path of a URL: pages without their ending, and the placeholder pages of routes with an id in them. */
  find(urlPath: string): DashboardFile | undefined
  readonly notFound: DashboardFile | undefined
  readonly count: number
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}
const compressible = new Set(['.html', '.js', '.css', '.json', '.txt', '.svg', '.webmanifest'])
const COMPRESS_FROM_BYTES = 1_024

/**
 * Reads the exported dashboard into memory, once. Served from a map by exact name, no request can reach another file, and the policy
 * of each page belongs to the very bytes that are sent.
 */
export function loadDashboard(folder: string): DashboardFiles {
  const files = new Map<string, DashboardFile>()
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.(br|gz)$/.test(entry.name)) continue
      const file = path.join(entry.parentPath, entry.name)
      files.set(path.relative(folder, file).split(path.sep).join('/'), read(file))
    }
  }
  return { find: (urlPath) => find(files, urlPath), notFound: files.get('404.html'), count: files.size }
}

function read(file: string): DashboardFile {
  const body = readFileSync(file)
  const extension = path.extname(file)
  const ready = new Map<string, Buffer | null>()
  return {
    body,
    type: types[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isImmutable: file.includes(`${path.sep}_next${path.sep}static${path.sep}`),
    scriptHashes: extension === '.html' ? inlineScriptHashes(body.toString('utf8')) : null,
    encoded(encoding) {
      let packed = ready.get(encoding)
      if (packed === undefined) {
        packed =
          compressible.has(extension) && body.length >= COMPRESS_FROM_BYTES ? compress(file, body, encoding) : null
        ready.set(encoding, packed)
      }
      return packed
    },
  }
}

/** Takes what the build has compressed, if it did. */
function compress(file: string, body: Buffer, encoding: 'br' | 'gzip'): Buffer {
  const prepared = `${file}.${encoding === 'br' ? 'br' : 'gz'}`
  if (existsSync(prepared)) return readFileSync(prepared)
  if (encoding === 'gzip') return gzipSync(body)
  return brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
}

function find(files: ReadonlyMap<string, DashboardFile>, urlPath: string): DashboardFile | undefined {
  const name = decoded(urlPath).replace(/^\/+/, '').replace(/\/+$/, '')
  if (name === '') return files.get('index.html')
  const exact = files.get(name) ?? files.get(`${name}.html`) ?? files.get(`${name}/index.html`)
  if (exact) return exact

  // A route with an id in it is exported once, under the placeholder `_`.
  const segments = name.split('/')
  for (let index = segments.length - 1; index > 0; index--) {
    const [before, after] = [segments.slice(0, index), segments.slice(index + 1)]
    const placeholder = [...before, '_', ...after].join('/')
    const isData = after.length === 0 && segments[index]?.endsWith('.txt')
    const found = isData
      ? files.get(`${placeholder}.txt`)
      : (files.get(placeholder) ?? files.get(`${placeholder}.html`))
    if (found) return found
  }
  return undefined
}

function decoded(urlPath: string): string {
  try {
    return decodeURIComponent(urlPath)
  } catch {
    return urlPath
  }
}
