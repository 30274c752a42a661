import { taskIdSchema } from '@quarterdeck/domain'
import type { Report, ReportBatchReply } from '@quarterdeck/domain/wire'
import type { Platform, Timer } from '@quarterdeck/platform'
import { beforeEach, expect, it } from 'vitest'
import { Reporter } from './reporter.ts'

const taskId = taskIdSchema.parse('t')
const accepted: Report = { kind: 'accepted', taskId, attempt: 1 }
const rejected: Report = { kind: 'rejected', taskId, attempt: 1, code: 'capacity', because: 'full' }

let sent: Report[][]
let answers: ((reply: ReportBatchReply | Error) => void)[]
let settled: string[]
let later: (() => void)[]
let reporter: Reporter

beforeEach(() => {
  sent = []
  answers = []
  settled = []
  later = []
  reporter = new Reporter({
    platform: platformOf((act) => later.push(act)),
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
  for (const act of later.splice(0)) act()
  await turns()
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

/** Timers that fire when the test says so; `soon` is the next microtask. */
function platformOf(after: (act: () => void) => void): Platform {
  const timer: Timer = { cancel: () => {} }
  const quiet = () => {}
  const log: Platform['log'] = { debug: quiet, info: quiet, warn: quiet, error: quiet, with: () => log }
  return {
    clock: { monotonicMs: () => 0 as never, unixMs: () => 0 as never },
    timers: {
      soon: (act) => queueMicrotask(act),
      after: (_ms, act) => {
        after(act)
        return timer
      },
      every: () => timer,
    },
    random: { next: () => 0.5, nextInt: () => 0 },
    ids: { next: () => 'id', nonce: () => 'nonce' },
    log,
  }
}

async function turns(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}
