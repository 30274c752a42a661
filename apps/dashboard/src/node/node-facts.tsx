'use client'

import { DEFAULT_POOL, type NodeRow } from '@quarterdeck/domain'
import { formatBytes, formatCpu } from '../format/amount.ts'
import { useController } from '../live/use-live.ts'
import { Age, Moment } from '../ui/age.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Card, Fact, Facts } from '../ui/layout.tsx'

export function NodeFacts({ node }: { readonly node: NodeRow }) {
  const { facts, capacity } = node
  const labels = Object.entries(node.labels)
  const session = useController(node.session?.controllerId ?? '')
  return (
    <Card title="Facts" action={<CopyButton text={node.id} label="Copy id" />}>
      <Facts>
        <Fact name="Zone, region">
          {node.zone}, {node.region}
        </Fact>
        <Fact name="Labels">
          {labels.length === 0 ? (
            <span className="text-muted">none</span>
          ) : (
            <span className="flex flex-wrap gap-1">
              {labels.map(([key, value]) => (
                <code key={key} className="rounded-control bg-raised px-1 font-mono text-compact">
                  {key}={value}
                </code>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="Pool, taints">
          {node.pool ?? DEFAULT_POOL}
          {(node.taints ?? []).map(({ key, value, effect }) => (
            <code key={key} className="ml-1 rounded-control bg-raised px-1 font-mono text-compact">
              {key}
              {value && `=${value}`}:{effect}
            </code>
          ))}
        </Fact>
        <Fact name="Capacity">
          {formatCpu(capacity.cpuMillis)}, {formatBytes(capacity.memoryBytes)}, {capacity.taskSlots} task slots
          {capacity.ports && `, ports ${capacity.ports.from} to ${capacity.ports.to}`}
          {capacity.gpus?.map(({ model, count }) => `, ${count} × ${model}`)}
        </Fact>
        <Fact name="Reserved">
          {formatCpu(node.cpuMillisReserved)}, {formatBytes(node.memoryBytesReserved)}, {node.tasksPlaced} tasks
        </Fact>
        <Fact name="Host">{facts.hostname}</Fact>
        <Fact name="System">
          {facts.os}, {facts.arch}
        </Fact>
        <Fact name="Processor">
          {facts.cpuModel} × {facts.cpuCount}
        </Fact>
        <Fact name="Agent">
          {facts.agentVersion} on Node {facts.nodeVersion}, pid {facts.pid}, up for <Age atMs={facts.startedAtMs} />
        </Fact>
        <Fact name="Addresses">{facts.addresses.join(', ') || 'none told'}</Fact>
        <Fact name="Drivers">{facts.drivers.join(', ') || 'none'}</Fact>
        <Fact name="Handlers">{facts.handlers.join(', ') || 'none'}</Fact>
        <Fact name="Limits by">{facts.isolation}</Fact>
        <Fact name="Can host a controller">
          {facts.canHostController ? 'yes' : 'no (QD_ALLOW_CONTROLLER is off there)'}
        </Fact>
        <Fact name="Connected to">
          {node.session ? (
            <>
              {node.session.controllerId}
              {session ? ` (${session.role})` : ''} since <Moment atMs={node.session.sinceMs} />
            </>
          ) : (
            'nobody'
          )}
        </Fact>
        <Fact name="Joined">
          <Moment atMs={node.joinedAtMs} />
        </Fact>
        <Fact name="Boot id">
          <code className="font-mono text-compact">{facts.bootId}</code>
        </Fact>
      </Facts>
    </Card>
  )
}
