import { estimateInWords, type Foreseen, type Task } from '@quarterdeck/domain'
import { formatDuration } from '../format/duration.ts'
import { Age } from '../ui/age.tsx'
import { Card, Fact, Facts } from '../ui/layout.tsx'
import { NodeLink } from '../ui/text-link.tsx'

/** What the confirmed plan said beside what came of it. */
export function PlanOutcome({
  foreseen,
  attempts,
}: {
  readonly foreseen: Foreseen
  readonly attempts: Task['attempts']
}) {
  const first = attempts.find(({ attempt }) => attempt === 1)
  const differs = first && foreseen.nodeId !== null && first.nodeId !== foreseen.nodeId
  return (
    <Card title="Planned, and what came of it">
      <Facts>
        <Fact name="Planned">
          {foreseen.nodeId ? <NodeLink id={foreseen.nodeId} /> : 'to wait'}: {foreseen.because}
        </Fact>
        <Fact name="Actual">
          {first ? <NodeLink id={first.nodeId} /> : 'waits still'}
          {differs && <span className="ml-2 text-warn">▲ another node than planned</span>}
          {first && !differs && foreseen.nodeId !== null && <span className="ml-2 text-muted">as planned</span>}
        </Fact>
        {foreseen.estimateMs && (
          <Fact name="Run time">
            planned {estimateInWords(foreseen.estimateMs)}
            {first && first.startedAtMs !== null && (
              <>
                {', actual '}
                {first.endedAtMs === null ? 'not over yet' : formatDuration(first.endedAtMs - first.startedAtMs)}
              </>
            )}
          </Fact>
        )}
        <Fact name="Plan">
          {foreseen.planId}, made <Age atMs={foreseen.computedAtMs} /> ago
        </Fact>
      </Facts>
    </Card>
  )
}
