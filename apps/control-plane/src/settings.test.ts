import { describe, expect, it } from 'vitest'
import { readSettings, SettingError } from './settings.ts'

const defaults = { controllerId: 'controller-1' }

describe('the settings of a controller', () => {
  it('have a default for everything', () => {
    expect(readSettings({}, defaults)).toMatchObject({
      controllerId: 'controller-1',
      host: '127.0.0.1',
      port: 7400,
      cluster: 'quarterdeck',
    })
  })

  it.each([
    [{ QD_PORT: '99999' }, 'QD_PORT is "99999": it must be a whole number from 1 to 65535.'],
    [{ QD_PORT: 'abc' }, 'QD_PORT is "abc": it must be a whole number from 1 to 65535.'],
    [
      { QD_CONTROLLER_ID: 'C 1' },
      'QD_CONTROLLER_ID is "C 1": it must be 1 to 63 characters of a-z 0-9 . _ - and start with a letter or digit.',
    ],
    [{ QD_PORT_STRICT: 'yes' }, 'QD_PORT_STRICT is "yes": it must be true or false.'],
    [{ QD_ADVERTISE_URL: 'here' }, 'QD_ADVERTISE_URL is "here": it must be http://host:port or https://host:port.'],
    [{ QD_LOG_LEVEL: 'loud' }, 'QD_LOG_LEVEL is "loud": it must be debug, info, warn, error or silent.'],
    [{ QD_TIMINGS: '{' }, 'QD_TIMINGS: it must be a JSON object such as {"leaseTtlMs":3000}.'],
    [
      { QD_TLS_CERT: '/nowhere/cert.pem', QD_TLS_KEY: '/nowhere/key.pem' },
      'QD_TLS_CERT is "/nowhere/cert.pem": it must be a PEM file that can be read (ENOENT).',
    ],
    [
      { QD_TLS_CERT: '/nowhere/cert.pem' },
      'QD_TLS_KEY is missing: TLS needs both a certificate and a key, as PEM files.',
    ],
  ])('say of %j what is accepted', (env, message) => {
    expect(() => readSettings(env, defaults)).toThrow(new SettingError(message))
  })

  it('name the wrong timing', () => {
    expect(() => readSettings({ QD_TIMINGS: '{"leaseTtlMs":1}' }, defaults)).toThrow(
      /QD_TIMINGS: it has a wrong leaseTtlMs: /,
    )
    expect(readSettings({ QD_TIMINGS: '{"leaseTtlMs":5000}' }, defaults).timings.leaseTtlMs).toBe(5_000)
  })

  it('refuse an address that others can reach, without TLS or a word that this is meant', () => {
    expect(() => readSettings({ QD_HOST: '0.0.0.0' }, defaults)).toThrow(
      /QD_HOST is 0\.0\.0\.0, which other machines can reach/,
    )
    expect(readSettings({ QD_HOST: '0.0.0.0', QD_INSECURE_BIND: 'true' }, defaults).host).toBe('0.0.0.0')
    for (const host of ['localhost', '::1', '127.0.0.53'])
      expect(readSettings({ QD_HOST: host }, defaults).host).toBe(host)
  })

  it('refuse a plaintext Redis elsewhere, and never repeat its password', () => {
    const url = 'redis://qd:hunter2@10.0.0.9:6379'
    expect(() => readSettings({ QD_REDIS_URL: url }, defaults)).toThrow(SettingError)
    expect(readSettings({ QD_REDIS_URL: url, QD_INSECURE_REDIS: 'true' }, defaults).redisUrl).toBe(url)
    const wrong = () => readSettings({ QD_REDIS_URL: 'http://qd:hunter2@10.0.0.9' }, defaults)
    expect(wrong).toThrow('QD_REDIS_URL: it must be redis://host:port or rediss://host:port.')
  })
})
