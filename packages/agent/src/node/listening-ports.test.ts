import net from 'node:net'
import { expect, it } from 'vitest'
import { listeningIn, listeningPorts } from './listening-ports.ts'

it('reads the listening ports of a table, and no others', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0100007F:1F91 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 2
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3
`
  expect(listeningIn(table)).toEqual([8080, 22])
  expect(listeningIn('')).toEqual([])
})

it.runIf(process.platform === 'linux')('sees a server of this machine come and go', async () => {
  const server = net.createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  expect(listeningPorts().has(port)).toBe(true)
  await new Promise((resolve) => server.close(resolve))
  expect(listeningPorts().has(port)).toBe(false)
})
