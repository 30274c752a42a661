import { lookup } from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net, { type LookupFunction } from 'node:net'
import type { CallWebhook } from '@quarterdeck/control-plane'

const TIMEOUT_MS = 10_000
const ANSWER_BYTES_MAX = 64 * 1024
/** So much of an answer is shown to people. */
const SHOWN_MAX = 200

/**
 * Posts to an address that an admin gave: no redirects are followed, the answer is bounded in time and size, and the address that was
 * checked is the one that is connected to. Addresses of the own network are allowed, that is where providers are; those by which clouds
 * tell a machine its secrets are not.
 */
export const callWebhook: CallWebhook = ({ url, headers, body }) =>
  new Promise((resolve, reject) => {
    const target = new URL(url)
    const literal = target.hostname.replace(/^\[|\]$/g, '')
    if (net.isIP(literal) !== 0 && isForbidden(literal)) return reject(new Error(`${literal} may not be asked`))
    const send = target.protocol === 'https:' ? https.request : http.request
    const request = send(target, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: checkedLookup,
      agent: false,
    })
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1_000} s`)), TIMEOUT_MS)
    request.once('close', () => clearTimeout(timer))
    request.once('error', reject)
    request.once('response', (response) => {
      let text = ''
      let bytes = 0
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        bytes += Buffer.byteLength(chunk)
        if (bytes > ANSWER_BYTES_MAX) request.destroy(new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`))
        else text += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim().slice(0, SHOWN_MAX) }))
      response.once('error', reject)
    })
    request.end(body)
  })

const forbidden = new net.BlockList()
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('224.0.0.0', 4, 'ipv4')
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addSubnet('ff00::', 8, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6')

/** Link-local addresses, where clouds keep the credentials of a machine, and those that are no machine's. */
export function isForbidden(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return forbidden.check(mapped, 'ipv4')
  return forbidden.check(address, net.isIPv6(address) ? 'ipv6' : 'ipv4')
}

const checkedLookup: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [allowed] = (addresses ?? []).filter(({ address }) => !isForbidden(address))
    if (error || !allowed) return done(error ?? new Error(`${hostname} is at an address that may not be asked`), '', 4)
    if (options.all) return done(null, [allowed])
    return done(null, allowed.address, allowed.family)
  })
}
