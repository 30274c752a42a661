import { describe, expect, it } from 'vitest'
import { exampleManifest, readManifest, writeManifest } from './manifest-text.ts'

describe('a service file', () => {
  it('reads the example, with durations as people write them', () => {
    expect(readManifest(exampleManifest)).toMatchObject({
      ok: true,
      spec: { name: 'web', update: { minHealthyMs: 5_000 } },
    })
  })

  it('comes back the same after it was written', () => {
    const read = readManifest(exampleManifest)
    expect(read.ok && readManifest(writeManifest(read.spec))).toEqual(read)
  })

  it.each([
    ['name: [', /./],
    ['- a', /names and values/],
    ['kind: schedule\nname: a', /kind: must be service/],
    ['name: a\nreplicas: many\ntask: {driver: exec, exec: {command: x}}', /^replicas: /],
    ['name: a\ntask: {driver: exec}', /^task.driver: /],
  ])('says what is wrong with %j', (text, because) => {
    const read = readManifest(text)
    expect(read.ok).toBe(false)
    if (!read.ok) expect(read.because).toMatch(because)
  })
})
