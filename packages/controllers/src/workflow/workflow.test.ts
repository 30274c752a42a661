import {
  type TaskId,
  type TaskState,
  type TaskSubmit,
  type UnixMs,
  type WorkflowRunId,
  type WorkflowSpecInput,
  type WorkflowVersion,
  workflowRunSchema,
  workflowSpecSchema,
} from '@quarterdeck/domain'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cancelRun, newRun, retryRun } from './change-run.ts'
import { reconcileRun, type StepOfTask } from './reconcile-run.ts'
import { whyStep } from './why-step.ts'

const task = { driver: 'exec', exec: { command: '/bin/true' } } as const
type StepInput = WorkflowSpecInput['steps'][number]
const step = (name: string, more: Partial<StepInput> = {}): StepInput => ({ name, task, ...more })

function versionOf(steps: StepInput[], more: Partial<WorkflowSpecInput> = {}): WorkflowVersion {
  const { name, ...spec } = workflowSpecSchema.parse({ name: 'flow', steps, ...more })
  return { v: 1, id: `${name}.v1`, workflowId: name, version: 1, atMs: 0 as UnixMs, by: 'user:ana', ...spec }
}

/** A run with its tasks, as a store would hold them. */
function stage(version: WorkflowVersion, input: Record<string, string | number> = {}) {
  const tasks = new Map<string, StepOfTask>()
  const made: { taskId: TaskId; task: TaskSubmit }[] = []
  const values = new Map<string, string | number>()
  let nowMs = 1_000
  let run = newRun(version, { id: 'r1' as WorkflowRunId, input, by: 'user:ana', nowMs: 0 as UnixMs, inputHash: '' })

  function look(isQueueFull = false) {
    nowMs += 1
    const change = reconcileRun(run, version, {
      taskOf: (id) => tasks.get(id),
      resultOf: (id) => ({ v: 1, id, attempt: 1, value: values.get(id) ?? null, logTail: [], logBytesTotal: 0 }),
      isQueueFull,
      nowMs: nowMs as UnixMs,
    })
    if (!change) return null
    run = workflowRunSchema.parse(change.run)
    for (const one of change.create) {
      expect(tasks.has(one.taskId)).toBe(false)
      tasks.set(one.taskId, { state: 'queued', exit: null, endedAtMs: null, stop: null })
      made.push(one)
    }
    for (const id of change.stop) end(id, 'cancelled')
    return change
  }

  function end(id: string, state: TaskState) {
    tasks.set(id, { state, exit: null, endedAtMs: ++nowMs as UnixMs, stop: null })
  }

  return {
    made,
    values,
    tasks,
    look,
    end,
    /** Looks until nothing is left to do. */
    settle() {
      for (let looks = 0; looks < 500; looks++) if (!look()) return
      throw new Error('it never comes to rest')
    },
    endStep(name: string, state: TaskState = 'succeeded', value?: string | number) {
      const id = run.steps.find((each) => each.name === name)?.taskId ?? ''
      if (value !== undefined) values.set(id, value)
      end(id, state)
      this.settle()
    },
    elapse(ms: number) {
      nowMs += ms
    },
    live: () => [...tasks].filter(([, { state }]) => state === 'queued').map(([id]) => id),
    states: () => Object.fromEntries(run.steps.map(({ name, state }) => [name, state])),
    get run() {
      return run
    },
    set run(next) {
      run = next
    },
  }
}

describe('a run of a workflow', () => {
  it('begins a step when all before it have succeeded', () => {
    const on = stage(versionOf([step('a'), step('b'), step('join', { after: ['a', 'b'] })]))
    on.settle()
    on.endStep('a')
    expect(on.states()).toEqual({ a: 'succeeded', b: 'running', join: 'waiting' })
    on.endStep('b')
    on.endStep('join')
    expect(on.run.state).toBe('succeeded')
    expect(on.made.map(({ taskId }) => taskId)).toEqual(['r1.0.0', 'r1.1.0', 'r1.2.0'])
  })

  it('takes the branch whose condition is true, and joins after whichever was taken', () => {
    const on = stage(
      versionOf([
        step('count'),
        step('many', { after: ['count'], when: 'steps.count.value > 10' }),
        step('few', { after: ['count'], when: '!(steps.count.value > 10)' }),
        step('join', { after: ['many', 'few'], needs: 'any' }),
      ]),
    )
    on.settle()
    on.endStep('count', 'succeeded', 3)
    expect(on.states()).toEqual({ count: 'succeeded', many: 'skipped', few: 'running', join: 'waiting' })
    on.endStep('few')
    on.endStep('join')
    expect(on.run.state).toBe('succeeded')
  })

  it('hands values on as variables and arguments, each of them one argument', () => {
    const program = { driver: 'exec' as const, exec: { command: '/bin/echo', args: ['to {{WHERE}}'] } }
    const inputs = { WHERE: 'steps.a.value', HOW: 'input.mode' }
    const on = stage(versionOf([step('a'), step('b', { after: ['a'], task: program, inputs })]), { mode: 'dry' })
    on.settle()
    on.endStep('a', 'succeeded', '"; rm -rf / #')
    expect(on.made[1]?.task.exec).toMatchObject({
      args: ['to "; rm -rf / #'],
      env: { WHERE: '"; rm -rf / #', HOW: 'dry' },
    })
  })

  it('goes on after a failure that is ignored, and another step can see it', () => {
    const on = stage(
      versionOf([
        step('a', { onFailure: 'ignore' }),
        step('alarm', { after: ['a'], when: 'steps.a.outcome == "failed"' }),
        step('fine', { after: ['a'], when: 'steps.a.outcome == "succeeded"' }),
      ]),
    )
    on.settle()
    on.endStep('a', 'dead')
    expect(on.states()).toEqual({ a: 'failed', alarm: 'running', fine: 'skipped' })
    on.endStep('alarm')
    expect(on.run.state).toBe('succeeded')
  })

  it('undoes what was done, the newest first, once what runs has been stopped', () => {
    const undone = (name: string, after: string[] = []) => step(name, { after, compensate: { task } })
    const on = stage(
      versionOf([
        undone('a'),
        undone('b'),
        undone('c', ['a']),
        step('bad', { after: ['b'] }),
        step('never', { after: ['bad'] }),
      ]),
    )
    on.settle()
    on.endStep('b')
    on.endStep('a')
    on.endStep('bad', 'failed')
    expect(on.states()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'cancelled', bad: 'failed', never: 'cancelled' })
    expect(on.run.state).toBe('compensating')
    expect(on.live()).toEqual(['r1.0.u0'])
    on.end('r1.0.u0', 'succeeded')
    on.settle()
    expect(on.live()).toEqual(['r1.1.u0'])
    on.end('r1.1.u0', 'failed')
    on.settle()
    expect(on.run).toMatchObject({
      state: 'failed',
      ending: { because: 'Step bad failed: Its task is failed. Not undone: b.' },
    })
  })

  it('is retried from the step that failed: what succeeded stays', () => {
    const on = stage(versionOf([step('a'), step('b', { after: ['a'] }), step('c', { after: ['b'] })]))
    on.settle()
    on.endStep('a')
    on.endStep('b', 'failed')
    expect(on.run.state).toBe('failed')
    on.run = retryRun(on.run, 9_000 as UnixMs)
    on.settle()
    on.endStep('b')
    on.endStep('c')
    expect(on.run.state).toBe('succeeded')
    expect(on.made.map(({ taskId }) => taskId)).toEqual(['r1.0.0', 'r1.1.0', 'r1.1.1', 'r1.2.1'])
  })

  it('after a cancel starts nothing, ends what lives, and undoes what was done', () => {
    const on = stage(versionOf([step('a', { compensate: { task } }), step('b', { after: ['a'] })]))
    on.settle()
    on.endStep('a')
    on.run = cancelRun(on.run, { by: 'user:ana', reason: 'wrong day', atMs: 5 as UnixMs })
    on.settle()
    expect(on.live()).toEqual(['r1.0.u0'])
    on.end('r1.0.u0', 'succeeded')
    on.settle()
    expect(on.run).toMatchObject({ state: 'cancelled', ending: { because: 'Cancelled by user:ana: wrong day.' } })
  })

  it('says why a step waits or was skipped', () => {
    const version = versionOf([step('a'), step('b'), step('c', { after: ['a'], when: 'input.go == true' })], {
      parallelMax: 1,
    })
    const on = stage(version)
    on.settle()
    const why = (index: number) => {
      const [one, spec] = [on.run.steps[index], version.steps[index]]
      return one && spec ? whyStep(on.run, one, spec, version) : ''
    }
    expect([why(0), why(1), why(2)]).toEqual(['', 'Waits: 1 steps run, which is the most.', 'Waits for a (running).'])
    on.endStep('a')
    expect(why(2)).toBe('Its condition is not true: input.go == true')
  })

  it('fails when it takes longer than its timeout, and waits while the cluster takes no more tasks', () => {
    const on = stage(versionOf([step('a')], { runTimeoutMs: 900_000 }))
    expect(on.look(true)).toBeNull()
    on.settle()
    on.elapse(2_000_000)
    on.settle()
    expect(on.run).toMatchObject({
      state: 'failed',
      ending: { because: 'It took longer than its timeout of 15m.' },
    })
  })
})

/** Any acyclic workflow: a step comes after some of those listed before it. */
const anyVersion = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(), { maxLength: 3 }),
      needs: fc.constantFrom('all' as const, 'any' as const, 'ended' as const),
      onFailure: fc.constantFrom('compensate' as const, 'fail' as const, 'ignore' as const),
      isUndone: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((drawn) =>
    versionOf(
      drawn.map(({ after, needs, onFailure, isUndone }, index) =>
        step(`s${index}`, {
          after: index === 0 ? [] : [...new Set(after.map((each) => `s${each % index}`))],
          needs,
          onFailure,
          compensate: isUndone ? { task } : null,
        }),
      ),
    ),
  )
const ends = fc.infiniteStream(
  fc.constantFrom<TaskState>('succeeded', 'succeeded', 'succeeded', 'failed', 'cancelled', 'dead'),
)

describe('any workflow', () => {
  it('ends; the same state decided twice gives nothing; only what was done is undone, newest first', () => {
    fc.assert(
      fc.property(anyVersion, ends, fc.nat(20), fc.nat(3), (version, fates, cancelAt, retries) => {
        const on = stage(version)
        let left = retries
        const order: string[] = []
        /** By round: where in `order` the steps succeeded that were undone in it. */
        const undonePlaces = new Map<number, number[]>()
        const notePlace = (id: string) => {
          const place = order.findLastIndex((each) => each.startsWith(id.replace(/u\d+$/, '')) && !each.includes('.u'))
          undonePlaces.set(on.run.retries, [...(undonePlaces.get(on.run.retries) ?? []), place])
        }
        for (let turn = 0; turn < 2_000; turn++) {
          on.settle()
          expect(on.look()).toBeNull()
          if (turn === cancelAt && on.run.state === 'running')
            on.run = cancelRun(on.run, { by: 'user:ana', reason: '', atMs: 1 as UnixMs })
          const [id] = on.live()
          if (id !== undefined) {
            const fate = fates.next().value as TaskState
            if (id.includes('.u')) notePlace(id)
            if (fate === 'succeeded') order.push(id)
            on.end(id, fate)
            continue
          }
          if (!['succeeded', 'failed', 'cancelled'].includes(on.run.state)) continue
          if (on.run.state === 'succeeded' || left === 0) break
          left -= 1
          on.run = retryRun(on.run, 1 as UnixMs)
        }
        expect(['succeeded', 'failed', 'cancelled']).toContain(on.run.state)
        expect(on.live()).toEqual([])
        const ids = on.made.map(({ taskId }) => taskId)
        expect(new Set(ids).size).toBe(ids.length)
        for (const id of ids.filter((each) => each.includes('.u'))) {
          const index = id.split('.')[1]
          expect(order.some((each) => each.startsWith(`r1.${index}.`) && !each.includes('.u'))).toBe(true)
        }
        for (const places of undonePlaces.values()) expect(places).toEqual([...places].sort((a, b) => b - a))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a definition', () => {
  const refusal = (steps: StepInput[]) => {
    const parsed = workflowSpecSchema.safeParse({ name: 'flow', steps })
    const [issue] = parsed.error?.issues ?? []
    return issue ? `${issue.path.join('.')}: ${issue.message}` : null
  }

  it('is refused with the field when its steps go in a circle, are unknown, or are named twice', () => {
    expect(refusal([step('a', { after: ['b'] }), step('b', { after: ['a'] })])).toBe(
      'steps.1.after: goes round in a circle: a after b after a',
    )
    expect(refusal([step('a', { after: ['x'] })])).toBe('steps.0.after.0: there is no step "x"; the steps are a')
    expect(refusal([step('a', { after: ['a'] })])).toBe('steps.0.after.0: step "a" cannot come after itself')
    expect(refusal([step('a'), step('a')])).toBe('steps.1.name: "a" is the name of an earlier step, too')
  })

  it('is refused when an expression cannot be read or reads a step that need not have ended', () => {
    expect(refusal([step('a', { when: '1 +' })])).toContain('steps.0.when: "1 +" cannot be read from "+" on')
    expect(refusal([step('a'), step('b', { when: 'steps.a.outcome == "failed"' })])).toBe(
      'steps.1.when: step "a" does not come before this one; name it in after',
    )
    expect(refusal([step('a', { when: 'process.env' })])).toContain('"process" is not known')
  })

  it('is refused when a value would become shell text', () => {
    const shell = { driver: 'exec', exec: { command: 'rm {{FILE}}', shell: true } } as const
    expect(refusal([step('a', { task: shell, inputs: { FILE: 'input.file' } })])).toContain(
      'steps.0.task.exec.command: {{FILE}} in shell text is not safe',
    )
  })

  it('is refused when a chain is too long', () => {
    const chain = Array.from({ length: 40 }, (_, index) => step(`s${index}`, { after: index ? [`s${index - 1}`] : [] }))
    expect(refusal(chain)).toContain('has a chain of more than 32 steps before it')
  })
})
