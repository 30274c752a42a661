// A provider of machines for `qd pool autoscale`: it starts and stops agents on this machine. A real one would call a cloud here.
//
//   SECRET=… QD_CONTROLLERS=http://127.0.0.1:7400 QD_JOIN_TOKEN=… QD='qd' node examples/provider.mjs 9100
import { spawn } from 'node:child_process'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import os from 'node:os'
import path from 'node:path'

const port = Number(process.argv[2] ?? 9100)
const secret = process.env.SECRET ?? ''
const [qd = 'qd', ...qdArguments] = (process.env.QD ?? 'qd').split(' ')
const folder = process.env.FOLDER ?? path.join(os.tmpdir(), 'qd-provider')
const seen = new Set()
const machines = new Map()

const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    const stamp = String(request.headers['x-qd-timestamp'])
    const expected = createHmac('sha256', secret).update(`${stamp}.${body}`).digest()
    const given = Buffer.from(String(request.headers['x-qd-signature']), 'hex')
    const isSigned = given.length === expected.length && timingSafeEqual(given, expected)
    if (!isSigned || Math.abs(Date.now() - Number(stamp)) > 300_000) return response.writeHead(401).end('not signed')
    const wish = JSON.parse(body)
    // An answer may have been lost: the same request is the same machines.
    if (!seen.has(wish.request)) (wish.kind === 'scale-up' ? start : release)(wish)
    seen.add(wish.request)
    return response.writeHead(202).end()
  })
})
server.listen(port, '127.0.0.1', () => console.log(`Waiting for requests on http://127.0.0.1:${server.address().port}`))

function start({ request, pool, count }) {
  for (let n = 1; n <= count; n++) {
    const name = `${request}-${n}`
    const data = path.join(folder, name)
    mkdirSync(data, { recursive: true })
    const env = { ...process.env, QD_NODE_NAME: name, QD_POOL: pool, QD_DATA_DIR: data }
    machines.set(name, spawn(qd, [...qdArguments, 'agent', 'join'], { env, stdio: 'ignore' }))
    console.log(`Started ${name} for ${request}`)
  }
}

function release({ nodeId }) {
  // Its agent stops its tasks and says goodbye.
  machines.get(nodeId)?.kill('SIGTERM')
  machines.delete(nodeId)
  console.log(`Stopped ${nodeId}`)
}

// Its machines go with it: they run on this one.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const machine of machines.values()) machine.kill('SIGTERM')
    server.close()
    server.closeAllConnections()
  })
