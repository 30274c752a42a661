import http from 'node:http'
import net from 'node:net'
import { formatDuration, type HealthCheck } from '@quarterdeck/domain'
import type { Driver } from '../driver.ts'
import type { HealthProbe, HealthVerdict } from '../health/health-watch.ts'

/** Only this machine is asked: a check says whether the replica beside the agent works, and must not become a way into a network. */
const host = '127.0.0.1'

/** Asks over HTTP or TCP on this machine, or by a program that the attempt's driver runs beside it. */
export function healthProbe(drivers: readonly Driver[]): HealthProbe {
  return async (assignment, check) => {
    switch (check.type) {
      case 'http':
      case 'tcp':
        // The controller puts the number in place of a name.
        if (typeof check.port === 'string') return no(`The task was given no port ${check.port}.`)
        return check.type === 'http' ? askHttp(check, check.port) : askTcp(check, check.port)
      case 'exec': {
        const driver = drivers.find(({ name }) => name === assignment.driver)
        if (!driver?.check) return no(`The driver ${assignment.driver} cannot run a program as health check.`)
        try {
          return await driver.check(assignment, check)
        } catch (cause) {
          return no(`The check could not be run: ${String(cause)}.`)
        }
      }
      default:
        return check satisfies never
    }
  }
}

function askHttp({ path, timeoutMs }: Extract<HealthCheck, { type: 'http' }>, port: number): Promise<HealthVerdict> {
  const what = `GET ${path} on port ${port}`
  return new Promise((resolve) => {
    const request = http.get({ host, port, path, timeout: timeoutMs, agent: false }, (response) => {
      const status = response.statusCode ?? 0
      response.resume()
      response.once('close', () => request.destroy())
      resolve(status >= 200 && status < 400 ? yes(`${what}: ${status}`) : no(`${what}: ${status}`))
    })
    // The timeout of a socket counts silence only; this one counts everything.
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${formatDuration(timeoutMs)}`)),
      timeoutMs,
    )
    request.once('close', () => clearTimeout(timer))
    request.once('error', (cause) => resolve(no(`${what}: ${inWords(cause)}`)))
  })
}

function askTcp({ timeoutMs }: Extract<HealthCheck, { type: 'tcp' }>, port: number): Promise<HealthVerdict> {
  const what = `TCP port ${port}`
  return new Promise((resolve) => {
    const socket = net.connect({ host, port })
    const timer = setTimeout(
      () => socket.destroy(new Error(`no answer within ${formatDuration(timeoutMs)}`)),
      timeoutMs,
    )
    socket.once('connect', () => {
      resolve(yes(`${what}: connected`))
      socket.destroy()
    })
    socket.once('error', (cause) => resolve(no(`${what}: ${inWords(cause)}`)))
    socket.once('close', () => clearTimeout(timer))
  })
}

function inWords(cause: NodeJS.ErrnoException): string {
  return cause.code === 'ECONNREFUSED' ? 'nothing listens' : cause.message
}

function yes(because: string): HealthVerdict {
  return { healthy: true, because }
}

function no(because: string): HealthVerdict {
  return { healthy: false, because }
}
