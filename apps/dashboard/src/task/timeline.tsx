'use client'

import { isTerminal, type Task, type TaskRow } from '@quarterdeck/domain'
import { formatAge, formatDuration } from '../format/duration.ts'
import { useNow } from '../live/use-now.ts'
import { Moment } from '../ui/age.tsx'
import { Card } from '../ui/layout.tsx'
import { taskStateWord } from '../ui/status.tsx'
import { NodeLink } from '../ui/text-link.tsx'
import { exitSentence } from './end-sentence.ts'

/** What happened to a task, from submit to its end, with how long each step took. */
export function Timeline({ task, live }: { readonly task: Task; readonly live: TaskRow }) {
  const nowMs = useNow()
  return (
    <Card title="Timeline">
      <ol className="px-3 py-2">
        <Step atMs={task.createdAtMs} what="Submitted" note={`by ${task.submittedBy}`} />
        {task.attempts.map((attempt, index) => {
          const before = index === 0 ? task.createdAtMs : (task.attempts[index - 1]?.endedAtMs ?? task.createdAtMs)
          return (
            <li key={attempt.attempt}>
              <ol>
                <Step
                  atMs={attempt.assignedAtMs}
                  what={`Attempt ${attempt.attempt} placed`}
                  note={
                    <>
                      on <NodeLink id={attempt.nodeId} /> after {formatDuration(attempt.assignedAtMs - before)} in the
                      queue
                    </>
                  }
                />
                {attempt.startedAtMs !== null && (
                  <Step
                    atMs={attempt.startedAtMs}
                    what="Started"
                    note={`${formatDuration(attempt.startedAtMs - attempt.assignedAtMs)} after it was placed`}
                  />
                )}
                {attempt.endedAtMs !== null && (
                  <Step
                    atMs={attempt.endedAtMs}
                    what={`Attempt ${attempt.attempt} ${attempt.outcome}`}
                    note={`${attempt.startedAtMs === null ? '' : `after ${formatDuration(attempt.endedAtMs - attempt.startedAtMs)}`}${attempt.exit ? `, ${exitSentence(attempt.exit)}` : ''}`}
                  />
                )}
              </ol>
            </li>
          )
        })}
        {live.stop && (
          <Step
            atMs={live.stop.requestedAtMs}
            what={`Stop asked (${live.stop.why})`}
            note={`by ${live.stop.by}, ${formatDuration(live.stop.graceMs)} to end by itself`}
          />
        )}
        {isTerminal(live.state) ? (
          <Step
            atMs={live.endedAtMs ?? live.sinceMs}
            what={taskStateWord(live.state)}
            note={`${formatDuration((live.endedAtMs ?? live.sinceMs) - live.createdAtMs)} after submit`}
          />
        ) : (
          <Step
            atMs={live.sinceMs}
            what={taskStateWord(live.state)}
            note={nowMs === 0 ? '' : `for ${formatAge(nowMs - live.sinceMs)} now`}
          />
        )}
      </ol>
    </Card>
  )
}

function Step({ atMs, what, note }: { readonly atMs: number; readonly what: string; readonly note: React.ReactNode }) {
  return (
    <li className="flex gap-3 border-l border-line py-0.5 pl-3">
      <span className="w-22 shrink-0 text-muted">
        <Moment atMs={atMs} />
      </span>
      <span>
        <strong className="font-medium">{what}</strong> <span className="text-muted">{note}</span>
      </span>
    </li>
  )
}
