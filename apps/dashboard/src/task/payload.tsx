'use client'

import type { GivenPort, TaskResult, TaskSpec } from '@quarterdeck/domain'
import { DispatchedWhere } from '../dispatch/dispatched-where.tsx'
import { formatBytes, formatCpu } from '../format/amount.ts'
import { quote } from '../format/command.ts'
import { formatDuration } from '../format/duration.ts'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card, Fact, Facts } from '../ui/layout.tsx'

/** What was submitted, and what came back. */
export function Payload({
  spec,
  result,
  ports,
}: {
  readonly spec: TaskSpec
  readonly result: TaskResult | null
  /** What its node gave it. */
  readonly ports: readonly GivenPort[] | undefined
}) {
  const { exec, handler, timeouts, retry } = spec
  const timeout = (ms: number | null) => (ms === null ? 'none' : formatDuration(ms))
  const json = JSON.stringify(spec, null, 2)
  return (
    <div className="grid gap-3 xl:grid-cols-2">
      <Card title="What runs">
        <Facts>
          {exec && (
            <Fact name={exec.shell ? 'Shell script' : 'Command'}>
              <Code>{exec.shell ? exec.command : [exec.command, ...exec.args].map(quote).join(' ')}</Code>
            </Fact>
          )}
          {exec && (
            <Fact name="Variables">
              {Object.keys(exec.env).length === 0 ? (
                'none'
              ) : (
                <Code>
                  {Object.entries(exec.env)
                    .map(([name, value]) => `${name}=${value}`)
                    .join('\n')}
                </Code>
              )}
            </Fact>
          )}
          {exec?.workingFolder && <Fact name="Working folder">{exec.workingFolder}</Fact>}
          {exec?.user && <Fact name="User">{exec.user}</Fact>}
          {handler && <Fact name="Handler">{handler.name}</Fact>}
          {handler && (
            <Fact name="Input">
              <Code>{JSON.stringify(handler.input, null, 2)}</Code>
            </Fact>
          )}
          {result?.value !== undefined && (
            <Fact name="Result">
              <Code>{JSON.stringify(result.value, null, 2)}</Code>
            </Fact>
          )}
          {result && <Fact name="Output">{formatBytes(result.logBytesTotal)}</Fact>}
        </Facts>
      </Card>
      <Card title="How" action={<CopyButton text={json} label="Copy as JSON" />}>
        <Facts>
          <Fact name="Needs">
            {formatCpu(spec.resources.cpuMillis)}, {formatBytes(spec.resources.memoryBytes)}
          </Fact>
          <Fact name="Where">
            <DispatchedWhere spec={spec} />
          </Fact>
          {ports && ports.length > 0 && (
            <Fact name="Ports">{ports.map(({ name, port }) => `${name} ${port}`).join(', ')}</Fact>
          )}
          <Fact name="Chosen by">{spec.strategy}</Fact>
          <Fact name="Priority">{spec.priority}</Fact>
          <Fact name="Delivery">{spec.policy}</Fact>
          <Fact name="Attempts">
            at most {retry.attemptsMax}, waiting {formatDuration(retry.backoffBaseMs)} up to{' '}
            {formatDuration(retry.backoffCapMs)}
          </Fact>
          <Fact name="Timeouts">
            queue {timeout(timeouts.queueMs)}, start {timeout(timeouts.startMs)}, run {timeout(timeouts.runMs)},
            progress {timeout(timeouts.progressMs)}
          </Fact>
          <Fact name="On drain">{spec.onDrain === 'finish' ? 'may finish on its node' : 'is moved at once'}</Fact>
          <Fact name="Submitted by">{spec.submittedBy}</Fact>
          {spec.idempotencyKey && <Fact name="Idempotency key">{spec.idempotencyKey}</Fact>}
        </Facts>
      </Card>
    </div>
  )
}

function Code({ children }: { readonly children: string }) {
  return (
    <pre className="max-h-64 overflow-auto rounded-control bg-surface p-1.5 font-mono text-compact break-all whitespace-pre-wrap">
      {children}
    </pre>
  )
}
