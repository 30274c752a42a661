import { taskIdSchema } from '@quarterdeck/domain'
import type { Report, ReportBatchReply } from '@quarterdeck/domain/wire'
import { type ManualPlatform, manualPlatform } from '@quarterdeck/testkit'
import { beforeEach, expect, it } from 'vitest'
import { Reporter } from './reporter.ts'

const taskId = taskIdSchema.parse('t')
const accepted: Report = { kind: 'accepted', taskId, attempt: 1 }
const rejected: Report = { kind: 'rejected', taskId, attempt: 1, code: 'capacity', because: 'full' }

let sent: Report[][]
let answers: ((reply: ReportBatchReply | Error) => void)[]
let settled: string[]
let platform: ManualPlatform
let reporter: Reporter

beforeEach(() => {
  sent = []
  answers = []
  settled = []
  platform = manualPlatform()
  reporter = new Reporter({
    platform,
    send: (reports) => {
      sent.push([...reports])
      return new Promise((resolve, reject) => {
        answers.push((reply) => (reply instanceof Error ? reject(reply) : resolve(reply)))
      })
    },
    onSettled: (refs) => settled.push(...refs.map((ref) => ref.taskId)),
  })
})

it('sends nothing before a session is open', async () => {
  reporter.add(accepted)
  await turns()
  expect(sent).toEqual([])
  reporter.open()
  await turns()
  expect(sent).toEqual([[accepted]])
})

it('lets a later stage take the place of an earlier one that was not sent', async () => {
  reporter.add(accepted)
  reporter.add(rejected)
  reporter.open()
  await turns()
  expect(sent).toEqual([[rejected]])
})

it('sends a later stage only after the earlier one was answered', async () => {
  reporter.open()
  reporter.add(accepted)
  await turns()
  reporter.add(rejected)
  await turns()
  expect(sent).toEqual([[accepted]])
  answers[0]?.({ outcomes: ['applied'] })
  await turns()
  expect(sent).toEqual([[accepted], [rejected]])
})

it.each(['applied', 'obsolete'] as const)('is done with a last word that was answered %s', async (outcome) => {
  reporter.open()
  reporter.add(rejected)
  await turns()
  answers[0]?.({ outcomes: [outcome] })
  await turns()
  expect(settled).toEqual(['t'])
  expect(reporter.waiting()).toBe(0)
})

it('repeats what was answered retry, a little later', async () => {
  reporter.open()
  reporter.add(rejected)
  await turns()
  answers[0]?.({ outcomes: ['retry'] })
  await turns()
  expect(sent).toHaveLength(1)
  await platform.advance(1_000)
  expect(sent).toEqual([[rejected], [rejected]])
  expect(settled).toEqual([])
})

it('repeats in the next session what was under way when the connection broke, and ignores a late answer', async () => {
  reporter.open()
  reporter.add(rejected)
  await turns()
  reporter.close()
  reporter.open()
  await turns()
  expect(sent).toEqual([[rejected], [rejected]])
  answers[0]?.(new Error('connection closed'))
  answers[1]?.({ outcomes: ['applied'] })
  await turns()
  expect(settled).toEqual(['t'])
  expect(sent).toHaveLength(2)
})

function turns(): Promise<void> {
  return platform.advance(0)
}
