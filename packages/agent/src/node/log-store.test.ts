import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { limits, taskIdSchema } from '@quarterdeck/domain'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logFileReader } from './log-files.ts'
import { LogStore } from './log-store.ts'

const ref = { taskId: taskIdSchema.parse('talker'), attempt: 1 }
const platform = nodePlatform({ logLevel: 'silent', component: 'test' })

let folder: string
let store: LogStore
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'qd-logs-'))
  store = new LogStore(folder, platform)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const texts = (lines: readonly { readonly text: string }[] | undefined) => lines?.map(({ text }) => text)

describe('the log of an attempt', () => {
  it('keeps lines of both streams, cut where lines end, not where chunks do', async () => {
    const writer = store.writer(ref)
    await writer.write('stdout', Buffer.from('on'))
    await writer.write('stderr', Buffer.from('wrong\n'))
    await writer.write('stdout', Buffer.from('e\ntwo'))
    const { tail } = await store.finish(ref)
    expect(tail.map(({ stream, text }) => `${stream} ${text}`)).toEqual(['stderr wrong', 'stdout one', 'stdout two'])
  })

  it('is cut into lines of at most 16 KiB', async () => {
    await store.writer(ref).write('stdout', Buffer.alloc(limits.logLineBytesMax * 2 + 5, 'x'))
    const { tail } = await store.finish(ref)
    expect(tail.map(({ text }) => text.length)).toEqual([limits.logLineBytesMax, limits.logLineBytesMax, 5])
  })

  it('is read on from any line end, without a line missing or twice', async () => {
    await store
      .writer(ref)
      .write('stdout', Buffer.from(Array.from({ length: 5_000 }, (_, i) => `line ${i}\n`).join('')))
    await store.finish(ref)
    const seen: string[] = []
    for (let offset = 0; ; ) {
      const slice = await logFileReader(folder).read(ref, offset, 1_000)
      if (!slice || slice.lines.length === 0) break
      seen.push(...slice.lines.map(({ text }) => text))
      offset = slice.nextOffset
    }
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, i) => `line ${i}`))
  })

  it('starts at the next whole line when it is asked for the middle of one', async () => {
    await store.writer(ref).write('stdout', Buffer.from('first\nsecond\n'))
    await store.finish(ref)
    expect(texts((await logFileReader(folder).read(ref, 3, 1_000))?.lines)).toEqual(['second'])
  })

  it('keeps three files and says with a marker what it dropped', async () => {
    const chunk = Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(200))
    const writer = store.writer(ref)
    for (let written = 0; written < 45 * 1024 * 1024; written += chunk.length) await writer.write('stdout', chunk)
    const { bytesTotal } = await store.finish(ref)
    expect(bytesTotal).toBeGreaterThan(45 * 1024 * 1024)
    expect(readdirSync(path.join(folder, 'talker.1'))).toHaveLength(limits.logFilesKept)
    const first = (await logFileReader(folder).read(ref, 0, 1_000))?.lines[0]
    expect(first).toMatchObject({
      stream: 'marker',
      text: expect.stringMatching(/^\d+ bytes of output are no longer kept here$/),
    })
  })

  it('goes on behind what an earlier keeper wrote', async () => {
    await store.writer(ref).write('stdout', Buffer.from('before\n'))
    await store.finish(ref)
    const later = new LogStore(folder, platform)
    later.writer(ref).mark('restarted')
    await later.finish(ref)
    const first = await logFileReader(folder).read(ref, 0, 1_000)
    const second = await logFileReader(folder).read(ref, first?.nextOffset ?? 0, 1_000)
    expect([texts(first?.lines), texts(second?.lines)]).toEqual([['before'], ['restarted']])
  })

  it('makes nothing for an attempt that prints nothing', async () => {
    expect(await store.finish(ref)).toEqual({ tail: [], bytesTotal: 0 })
    expect(await logFileReader(folder).read(ref, 0, 1_000)).toBeNull()
    expect(readdirSync(folder)).toEqual([])
  })
})
