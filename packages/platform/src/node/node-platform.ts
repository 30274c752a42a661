import { randomBytes } from 'node:crypto'
import type { MonotonicMs, UnixMs } from '@quarterdeck/domain'
import pino from 'pino'
import type { Log, Platform } from '../index.ts'

export type NodePlatformOptions = {
  /** `debug`, `info`, `warn`, `error` or `silent`. */
  readonly logLevel: string
  /** Stands in every line as `component`. */
  readonly component: string
}

/** The platform of a real process: Node's clocks, timers and randomness, JSON log lines on stderr. */
export function nodePlatform({ logLevel, component }: NodePlatformOptions): Platform {
  const clock = {
    monotonicMs: () => performance.now() as MonotonicMs,
    unixMs: () => Date.now() as UnixMs,
  }
  return {
    clock,
    timers: {
      after(ms, act) {
        const timer = setTimeout(act, ms)
        return { cancel: () => clearTimeout(timer) }
      },
      every(ms, act) {
        const timer = setInterval(act, ms)
        return { cancel: () => clearInterval(timer) }
      },
      soon: (act) => {
        setImmediate(act)
      },
    },
    random: {
      next: () => Math.random(),
      nextInt: (bound) => Math.floor(Math.random() * bound),
    },
    ids: {
      next: (prefix) => (prefix ? `${prefix}-${sortableId(clock.unixMs())}` : sortableId(clock.unixMs())),
      nonce: () => randomBytes(12).toString('hex'),
    },
    log: pinoLog(
      pino({ level: logLevel, base: { component }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2)),
    ),
  }
}

function pinoLog(logger: pino.Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    with: (fields) => pinoLog(logger.child(fields)),
  }
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

/** 26 characters of Crockford's base 32 in lower case: 10 of time, 16 random (the shape of a ULID). */
function sortableId(unixMs: number): string {
  let time = ''
  for (let rest = unixMs, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = ALPHABET.charAt(rest % 32) + time
  let random = ''
  for (const byte of randomBytes(16)) random += ALPHABET.charAt(byte & 31)
  return time + random
}
