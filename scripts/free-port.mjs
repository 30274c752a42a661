import { createServer } from 'node:net'

/**
 * The wanted port of 127.0.0.1, or the next one that is free and not in `taken`. Says so aloud when it is another.
 *
 * @param {number} wanted
 * @param {{ what: string, taken?: ReadonlySet<number> }} options
 */
export async function freePort(wanted, { what, taken = new Set() }) {
  for (let port = wanted; port < wanted + 200; port++) {
    if (taken.has(port) || !(await isFree(port))) continue
    if (port !== wanted) console.log(`Port ${wanted} is taken: ${what} uses ${port}`)
    return port
  }
  throw new Error(`no free port from ${wanted} to ${wanted + 199} for ${what}`)
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
