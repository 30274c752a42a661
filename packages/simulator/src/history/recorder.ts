import type { LogLine } from '../world/sim-process.ts'
import type { World } from '../world/world.ts'
import type { HistoryEvent } from './history-event.ts'

type Recorded = HistoryEvent extends infer Event ? (Event extends HistoryEvent ? Omit<Event, 'atMs'> : never) : never

/** Collects the history of a run, and feeds it into the run's fingerprint. */
export type Recorder = {
  readonly history: readonly HistoryEvent[]
  add(event: Recorded): void
  readonly log: (line: LogLine) => void
}

export type RecorderOptions = {
  readonly world: World
  /** Gets every line of the trace; absent: no trace is made. */
  readonly onLine?: (line: string) => void
}

export function createRecorder({ world, onLine }: RecorderOptions): Recorder {
  const history: HistoryEvent[] = []
  const at = () => (world.nowMs() / 1_000).toFixed(3).padStart(8)

  return {
    history,
    add(event) {
      history.push({ ...event, atMs: world.nowMs() } as HistoryEvent)
      const text = JSON.stringify(event)
      world.mix(text)
      onLine?.(`${at()} ${text}`)
    },
    log({ process, level, message, fields }) {
      const text = `${process} ${level} ${message} ${JSON.stringify(fields, errorsAsText)}`
      world.mix(text)
      onLine?.(`${at()} ${text}`)
      if (level === 'error') history.push({ kind: 'crashed', error: text, atMs: world.nowMs() })
    },
  }
}

function errorsAsText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value
}
