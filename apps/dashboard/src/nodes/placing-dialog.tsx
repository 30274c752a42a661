'use client'

import { DEFAULT_POOL, type NodeRow, parseTaint, type Taint, taintHint, writeTaint } from '@quarterdeck/domain'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, queries } from '../api/client.ts'
import { plural } from '../format/amount.ts'
import { ActDialog } from '../ui/act-dialog.tsx'
import { TextArea, TextField } from '../ui/field.tsx'
import { Warning } from '../ui/states.tsx'
import { NodeLink, TaskLink } from '../ui/text-link.tsx'

/** Who may be placed on a node: its labels, its pool and its taints, with what they would end there before anything is set. */
export function PlacingDialog({ node, close }: { readonly node: NodeRow; readonly close: () => void }) {
  const [labels, setLabels] = useState(writeLabels(node.labels))
  const [pool, setPool] = useState(node.pool ?? DEFAULT_POOL)
  const [taints, setTaints] = useState((node.taints ?? []).map(writeTaint).join(' '))
  const readLabels = labelsOf(labels)
  const readTaints = taintsOf(taints)
  const wantsLabels = labels.trim() !== writeLabels(node.labels)
  const wantsPlacing =
    pool.trim() !== (node.pool ?? DEFAULT_POOL) || taints.trim() !== (node.taints ?? []).map(writeTaint).join(' ')
  const refusal =
    (typeof readLabels === 'string' ? readLabels : null) ??
    (typeof readTaints === 'string' ? readTaints : null) ??
    (wantsLabels || wantsPlacing ? null : 'Nothing is changed yet.')

  return (
    <ActDialog
      title={`Labels, pool and taints of ${node.id}`}
      verb={`Set them on ${node.id}`}
      failure="They stay as they were."
      close={close}
      refusal={refusal}
      intentKeys={[`node:${node.id}`]}
      command={(reason) => [
        ...commandOf(node, pool.trim(), typeof readTaints === 'object' ? readTaints : []),
        ...(reason ? ['--reason', reason] : []),
      ]}
      run={async (reason) => {
        if (typeof readLabels === 'object' && wantsLabels)
          await api.nodes.setLabels.mutate({ id: node.id, labels: readLabels })
        if (typeof readTaints === 'object' && wantsPlacing)
          await api.nodes.setPlacing.mutate({
            id: node.id,
            pool: pool.trim(),
            taints: readTaints,
            reason: reason || 'by the dashboard',
          })
        return `Set what may be placed on ${node.id}.`
      }}
    >
      <TextArea
        label="Labels, one key=value a line"
        rows={3}
        spellCheck={false}
        value={labels}
        onChange={(event) => setLabels(event.target.value)}
      />
      <TextField
        label="Pool"
        hint="A task goes to nodes of its pool."
        spellCheck={false}
        autoCapitalize="off"
        value={pool}
        onChange={(event) => setPool(event.target.value)}
      />
      <TextField
        label="Taints, with spaces between"
        placeholder="team=ml:no-schedule"
        hint="no-schedule: only who tolerates it. prefer-not: others last. no-execute: and what runs there is moved."
        spellCheck={false}
        autoCapitalize="off"
        value={taints}
        onChange={(event) => setTaints(event.target.value)}
      />
      {typeof readTaints === 'object' && <WhatEnds node={node} taints={readTaints} />}
    </ActDialog>
  )
}

/** The tasks that the taints would stop, by the plan that places them afterwards. */
function WhatEnds({ node, taints }: { readonly node: NodeRow; readonly taints: Taint[] }) {
  const evicts = taints.some(({ effect }) => effect === 'no-execute')
  const preview = useQuery({
    ...queries.nodes.previewTaints.queryOptions({ id: node.id, taints }),
    enabled: evicts,
    placeholderData: keepPreviousData,
    refetchInterval: 2_000,
  })
  if (!evicts)
    return (
      <p className="text-compact text-muted">
        {node.tasksPlaced === 0 ? 'No task runs there.' : `${plural(node.tasksPlaced, 'task')} there keep running.`}
      </p>
    )
  if (!preview.data) return <p className="text-compact text-muted">Working out what would end…</p>
  const { moves, stay } = preview.data
  if (moves.length === 0)
    return (
      <p className="text-compact text-muted">
        {stay === 0 ? 'No task runs there.' : `No task would be stopped: ${plural(stay, 'task')} there go on.`}
      </p>
    )
  return (
    <div className="flex flex-col gap-1" role="status">
      <Warning>
        {plural(moves.length, 'task')} {moves.length === 1 ? 'is' : 'are'} stopped; {stay} go on.
      </Warning>
      <ul className="flex max-h-56 flex-col gap-1 overflow-y-auto">
        {moves.map(({ taskId, name, toNodeId, because }) => (
          <li key={taskId} className="border-t border-line pt-1">
            <TaskLink id={taskId}>{name}</TaskLink>{' '}
            {toNodeId ? (
              <>
                → <NodeLink id={toNodeId} />
              </>
            ) : (
              'waits or ends'
            )}
            <span className="block text-compact text-muted">{because}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** `qd` sets one thing at a time: the taints when they change, else the pool. A taint that goes is its key and a hyphen. */
function commandOf(node: NodeRow, pool: string, taints: readonly Taint[]): string[] {
  const before = node.taints ?? []
  const gone = before.filter(({ key }) => !taints.some((taint) => taint.key === key)).map(({ key }) => `${key}-`)
  const added = taints.map(writeTaint).filter((text) => !before.map(writeTaint).includes(text))
  if (gone.length === 0 && added.length === 0) return ['node', 'pool', node.id, pool]
  return ['node', 'taint', node.id, ...added, ...gone, '--yes']
}

function writeLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join('\n')
}

function labelsOf(text: string): Record<string, string> | string {
  const labels: Record<string, string> = {}
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '') continue
    const at = line.indexOf('=')
    if (at < 1) return `"${line}" is no label; write key=value.`
    labels[line.slice(0, at)] = line.slice(at + 1)
  }
  return labels
}

function taintsOf(text: string): Taint[] | string {
  const taints: Taint[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const taint = parseTaint(word)
    if (!taint) return `"${word}" is no taint; write ${taintHint}.`
    taints.push(taint)
  }
  return taints
}
