import { describe, expect, it } from 'vitest'
import { startProcess } from '../world/sim-process.ts'
import { createWorld } from '../world/world.ts'
import { connect } from './connection.ts'
import { createNetwork } from './network.ts'

function twoProcesses() {
  const world = createWorld(7)
  const network = createNetwork(world)
  const start = (name: string) => startProcess({ world, name, clock: { rate: 1, jumpMs: 0 }, onLog: () => {} })
  const client = { host: 'a', process: start('a') }
  const server = { host: 'b', process: start('b') }
  return { world, network, client, server, connection: connect(world, network, client, server) }
}

describe('connection', () => {
  it('keeps the order, through a block as well', async () => {
    const { world, network, connection } = twoProcesses()
    const arrived: number[] = []
    connection.send('client', () => arrived.push(1))
    network.block('a', 'b')
    connection.send('client', () => arrived.push(2))
    connection.send('client', () => arrived.push(3))
    await world.run(1_000)
    expect(arrived).toEqual([1])
    network.unblock('a', 'b')
    await world.run(2_000)
    expect(arrived).toEqual([1, 2, 3])
  })

  it('does not tell the other end of a close while packets are blocked', async () => {
    const { world, network, connection } = twoProcesses()
    network.block('a', 'b')
    connection.close('client', 'gone')
    await world.run(10_000)
    expect(connection.isOpen('client')).toBe(false)
    expect(connection.isOpen('server')).toBe(true)
  })

  it('lets what arrives wait while its reader stands still, and drops it when the reader is dead', async () => {
    const { world, server, connection } = twoProcesses()
    const arrived: string[] = []
    server.process.pause()
    connection.send('client', () => arrived.push('while paused'))
    await world.run(100)
    expect(arrived).toEqual([])
    server.process.resume()
    await world.run(200)
    server.process.kill()
    connection.send('client', () => arrived.push('to a dead process'))
    await world.run(300)
    expect(arrived).toEqual(['while paused'])
  })
})
