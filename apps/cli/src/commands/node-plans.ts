import type { NodeId, OperationId, PlanId, PlannedAct } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { planIdOf } from '../parse/ids.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeActPlan } from '../show/act-plan.ts'
import type { Printer } from '../show/printer.ts'
import { followOperation } from './operations.ts'

/** The confirm of what a dry run of a drain, cordon, removal, promotion or demotion planned. */
export function addNodePlanCommands(node: Command, run: Run): void {
  const confirm = withReason(
    leaf(node, 'confirm <plan>', 'carry out what --dry-run planned, if the cluster is still as it saw it'),
  ).option('--wait', 'until it has ended; shows its progress')
  act<{ reason?: string; wait?: boolean }, readonly [string]>(
    confirm,
    run,
    async ({ cluster, options, args, print, io }) => {
      const planId = planIdOf(args[0])
      const operationId = await confirmPlan(cluster, planId, options.reason ?? 'by qd')
      if (options.wait) return await followOperation(cluster, operationId, print, io)
      print.result({ operationId }, () => `It is begun. Follow it with: qd operation show ${operationId} --wait`)
      return 0
    },
  )
}

/** Carries out a plan for nodes: a drain, or an act that is over quickly. */
async function confirmPlan(cluster: Client, planId: PlanId, reason: string): Promise<OperationId> {
  const { kind, plan } = await cluster.plans.get({ planId })
  if (kind === 'act') return (await cluster.nodes.confirmAct({ planId, reason })).operationId
  if (kind !== 'drain')
    throw new UsageError(
      `Plan ${planId} is for a ${kind === 'service' ? 'service' : 'task'}, not for nodes: see qd plan ${planId}`,
    )
  return (await cluster.nodes.drain({ ids: plan.nodeIds, options: plan.options, planId, reason })).operationId
}

export function withDryRun(command: Command): Command {
  return command.option('--dry-run', 'only show what it would do')
}

export async function showPreview(
  question: { readonly act: PlannedAct; readonly ids: readonly NodeId[] },
  { cluster, print }: { readonly cluster: Client; readonly print: Printer },
): Promise<number> {
  const plan = await cluster.nodes.previewAct({ act: question.act, ids: [...question.ids] })
  print.result(plan, () => `${describeActPlan(plan)}\nCarry it out with: qd node confirm ${plan.id}`)
  return 0
}
