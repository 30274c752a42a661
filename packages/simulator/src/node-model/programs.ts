import type { NodeId } from '@quarterdeck/domain'
import type { Assignment } from '@quarterdeck/domain/wire'
import type { Recorder } from '../history/recorder.ts'
import type { World } from '../world/world.ts'
import type { Work } from './work.ts'

/** What a program left: an exit code, or the signal that ended it. */
export type ProgramEnd = { readonly code: number | null; readonly signal: string | null }

/** The programs that run on one machine. They belong to the machine, not to the keeper that started them. */
export type Programs = {
  start(assignment: Assignment, work: Work): void
  isRunning(key: string): boolean
  /** Undefined while it runs, and once its end was forgotten. */
  endOf(key: string): ProgramEnd | undefined
  /** `ask` ends it unless it does not listen; `kill` always does. Both take a moment. */
  signal(key: string, how: 'ask' | 'kill'): void
  onEnd(key: string, listener: (end: ProgramEnd) => void): void
  /** Children of a process that is gone without leaving anything behind. */
  killAll(filter: (key: string) => boolean): void
}

type Program = {
  readonly assignment: Assignment
  readonly work: Work
  timer: { cancel(): void }
  end: ProgramEnd | null
  readonly listeners: ((end: ProgramEnd) => void)[]
}

const ASKED_MS = 200
const KILLED_MS = 20

export function createPrograms(parts: {
  readonly world: World
  readonly recorder: Recorder
  readonly nodeId: NodeId
  readonly capacity: { readonly cpuMillis: number; readonly memoryBytes: number; readonly taskSlots: number }
}): Programs {
  const { world, recorder, nodeId, capacity } = parts
  const programs = new Map<string, Program>()

  const end = (program: Program, how: ProgramEnd) => {
    if (program.end) return
    program.end = how
    program.timer.cancel()
    const { taskId, attempt } = program.assignment
    recorder.add({ kind: 'attempt-gone', nodeId, taskId, attempt, exitCode: how.code })
    for (const listener of program.listeners) listener(how)
  }

  return {
    start(assignment, work) {
      const { taskId, attempt, policy, resources } = assignment
      const program: Program = { assignment, work, timer: { cancel() {} }, end: null, listeners: [] }
      programs.set(`${taskId}/${attempt}`, program)
      recorder.add({ kind: 'attempt-started', nodeId, taskId, attempt, policy, resources, capacity })
      program.timer = world.after(work.durationMs, () => end(program, { code: work.exitCode, signal: null }))
    },
    isRunning: (key) => programs.get(key)?.end === null,
    endOf: (key) => programs.get(key)?.end ?? undefined,
    signal(key, how) {
      const program = programs.get(key)
      if (!program || (how === 'ask' && program.work.isStubborn)) return
      const signal = how === 'ask' ? 'SIGTERM' : 'SIGKILL'
      world.after(how === 'ask' ? ASKED_MS : KILLED_MS, () => end(program, { code: null, signal }))
    },
    onEnd(key, listener) {
      const program = programs.get(key)
      if (program?.end) listener(program.end)
      else program?.listeners.push(listener)
    },
    killAll(filter) {
      for (const [key, program] of programs) if (filter(key)) end(program, { code: null, signal: 'SIGKILL' })
    },
  }
}
