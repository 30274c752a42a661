import type { UnixMs } from '@quarterdeck/domain'
import { scriptAssignment } from '@quarterdeck/testkit/assignments'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldJournal, type JournalRecord, unfoldJournal } from './journal.ts'

const arbitraryRecord: fc.Arbitrary<JournalRecord> = fc
  .record({ kind: fc.nat(5), task: fc.constantFrom('a', 'b', 'c'), atMs: fc.integer({ min: 1, max: 1_000 }) })
  .map(({ kind, task, atMs }) => recordOf(kind, task, atMs as UnixMs))

function recordOf(kind: number, task: string, atMs: UnixMs): JournalRecord {
  const assignment = scriptAssignment(task, 'true')
  const ref = { taskId: assignment.taskId, attempt: 1 }
  switch (kind) {
    case 0:
      return { v: 1, kind: 'fence', fence: { shard: task, epoch: atMs, nonce: 'n' } }
    case 1:
      return { v: 1, kind: 'started', ref, handle: { pid: atMs }, atMs }
    case 2:
      return { v: 1, kind: 'final', report: { kind: 'rejected', ...ref, code: 'capacity', because: 'full' } }
    case 3:
      return { v: 1, kind: 'settled', ref, atMs }
    case 4:
      return { v: 1, kind: 'forgotten', ref }
    default:
      return { v: 1, kind: 'accepted', assignment }
  }
}

it('means the same after it was compacted: what is alive, what waits, what is settled, which fences', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRecord, { maxLength: 40 }), (records) => {
      const state = foldJournal(records)
      const again = foldJournal(unfoldJournal(state))
      expect([...again.fences]).toEqual([...state.fences])
      for (const [key, entry] of again.entries) {
        const before = state.entries.get(key)
        expect(entry.final).toEqual(before?.final)
        expect(entry.settledAtMs).toEqual(before?.settledAtMs)
        if (!entry.final) expect(entry).toEqual(before)
      }
    }),
  )
})

it('is read twice over to the same end', () => {
  fc.assert(
    fc.property(fc.array(arbitraryRecord, { maxLength: 40 }), (records) => {
      expect(unfoldJournal(foldJournal([...records, ...unfoldJournal(foldJournal(records))]))).toEqual(
        unfoldJournal(foldJournal(records)),
      )
    }),
  )
})
