import {
  limits,
  type UnixMs,
  type Workflow,
  type WorkflowRun,
  type WorkflowRunId,
  type WorkflowVersion,
  workflowSpecSchema,
} from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { newRun } from '../workflow/change-run.ts'
import { reapWorkflows } from './reap-workflows.ts'

const NOW = 100 * 24 * 3_600_000
const { name, ...spec } = workflowSpecSchema.parse({
  name: 'flow',
  steps: [{ name: 'a', task: { driver: 'exec', exec: { command: '/bin/true' } } }],
})

function version(number: number): WorkflowVersion {
  return { v: 1, id: `flow.v${number}`, workflowId: name, version: number, ...spec, atMs: 0 as UnixMs, by: 'user:ana' }
}

function run(id: string, number: number, endedAtMs: number | null): WorkflowRun {
  const about = { id: id as WorkflowRunId, input: null, by: 'user:ana', nowMs: 0 as UnixMs, inputHash: '' }
  const state = endedAtMs === null ? 'running' : 'succeeded'
  return { ...newRun(version(number), about), state, endedAtMs: endedAtMs as UnixMs | null }
}

const workflow = { id: name, version: 20 } as Workflow
const idsOf = (deletions: readonly { readonly id: string }[]) => deletions.map(({ id }) => id)

describe('the retention of workflows', () => {
  it('keeps runs that live, and of the ended ones the newest that are not too old', () => {
    const old = NOW - limits.terminalTaskAgeMsMax - 1
    const runs = [run('lives', 20, null), run('old', 20, old), run('new', 20, NOW)]
    expect(idsOf(reapWorkflows({ workflows: [workflow], versions: [], runs }, NOW as UnixMs))).toEqual(['old'])
    const many = Array.from({ length: limits.workflowRunsKept + 2 }, (_, index) => run(`r${index}`, 20, NOW - index))
    const surplus = idsOf(reapWorkflows({ workflows: [workflow], versions: [], runs: many }, NOW as UnixMs))
    expect(surplus).toEqual([`r${limits.workflowRunsKept}`, `r${limits.workflowRunsKept + 1}`])
  })

  it('keeps versions that a run needs, whatever became of the workflow, and the newest ones', () => {
    const versions = [1, 2, 9, 10, 20].map(version)
    const runs = [run('lives', 2, null)]
    const kept = reapWorkflows({ workflows: [workflow], versions, runs }, NOW as UnixMs)
    expect(idsOf(kept)).toEqual(['flow.v1', 'flow.v9'])
    const removed = reapWorkflows({ workflows: [], versions, runs }, NOW as UnixMs)
    expect(idsOf(removed)).toEqual(['flow.v1', 'flow.v9', 'flow.v10', 'flow.v20'])
  })
})
