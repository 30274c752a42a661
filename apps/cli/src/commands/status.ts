import type { ClusterSummary, ControlPlaneView, Survivability } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { ago } from '../show/moments.ts'
import { facts } from '../show/table.ts'

export function addStatusCommand(program: Command, run: Run): void {
  act(leaf(program, 'status', 'the cluster in ten lines'), run, async ({ cluster, print }) => {
    const [summary, control, survivability] = await Promise.all([
      cluster.cluster.summary(),
      cluster.controlPlane.view(),
      cluster.cluster.survivability(),
    ])
    print.result({ ...summary, controlPlane: control, survivability }, () =>
      describe(summary.value, control, survivability, summary.behindMs),
    )
    return 0
  })
}

function describe(
  summary: ClusterSummary,
  control: ControlPlaneView,
  survivability: Survivability | null,
  behindMs: number,
): string {
  const { leader } = control
  const lines = facts([
    ['cluster', summary.clusterName],
    ['leader', leader ? `${leader.controllerId}, epoch ${leader.epoch}, for ${ago(leader.sinceMs)}` : 'nobody leads'],
    ['control plane', control.tolerance],
    ['nodes', counts(summary.nodes)],
    ['survives', survivability?.sentence ?? 'being computed'],
    ['tasks', counts(summary.tasks)],
    ['oldest queued', summary.oldestQueuedMs === null ? 'nothing waits' : ago(0, summary.oldestQueuedMs)],
    ['store', `durable once ${control.store.durability}${control.store.warnings.map((text) => `; ${text}`).join('')}`],
    ['as of', behindMs < 1_000 ? 'now' : `${ago(0, behindMs)} ago`],
  ])
  const brake = summary.brake === null ? [] : [`! ${summary.brake}`]
  const attention = summary.attention.map(
    ({ severity, text, sinceMs }) => `! ${severity}: ${text} (for ${ago(sinceMs)})`,
  )
  return [lines, ...brake, ...attention].join('\n')
}

function counts(byState: Readonly<Record<string, number>>): string {
  const present = Object.entries(byState).filter(([, count]) => count > 0)
  return present.length === 0 ? 'none' : present.map(([state, count]) => `${count} ${state}`).join(', ')
}
