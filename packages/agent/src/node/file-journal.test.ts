import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { nodePlatform } from '@quarterdeck/platform/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { JournalRecord } from '../journal/journal.ts'
import { FileJournal } from './file-journal.ts'

const { timers } = nodePlatform({ logLevel: 'silent', component: 'test' })
const record = (epoch: number): JournalRecord => ({ v: 1, kind: 'fence', fence: { shard: 'main', epoch, nonce: 'n' } })

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'qd-journal-'))
  file = path.join(folder, 'journal.log')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('reads what was appended, in order', async () => {
  const journal = await FileJournal.open(file, timers)
  void journal.append(record(1), 'grouped')
  await journal.append(record(2), 'durable')
  expect(journal.read()).toEqual([record(1), record(2)])
  await journal.close()
})

it('leaves out a last line that is not whole', async () => {
  const journal = await FileJournal.open(file, timers)
  await journal.append(record(1), 'durable')
  await journal.close()
  appendFileSync(file, '{"v":1,"kind":"fen')
  const again = await FileJournal.open(file, timers)
  expect(again.read()).toEqual([record(1)])
  await again.close()
})

it('keeps what is appended while it is compacted', async () => {
  const journal = await FileJournal.open(file, timers)
  await journal.append(record(1), 'durable')
  const compacted = journal.compact([record(2)])
  const appended = journal.append(record(3), 'durable')
  await Promise.all([compacted, appended])
  void journal.append(record(4), 'grouped')
  await journal.flush()
  expect(journal.read()).toEqual([record(2), record(3), record(4)])
  await journal.close()
})
