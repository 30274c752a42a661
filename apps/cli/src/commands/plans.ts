import type { KeptPlan } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { planIdOf } from '../parse/ids.ts'
import { describeActPlan } from '../show/act-plan.ts'
import { describeServiceActPlan } from '../show/describe-service-plan.ts'
import { describeDispatchPlan } from '../show/dispatch-plan.ts'
import { describeDrain } from '../show/drain-plan.ts'
import { describeLoss, describeLossSince } from '../show/loss-plan.ts'

/** A plan that somebody previewed, by its id alone. */
export function addPlanCommand(program: Command, run: Run): void {
  const plan = leaf(program, 'plan <plan>', 'a preview that was kept, and the command that carries it out')
  act<object, readonly [string]>(plan, run, async ({ cluster, args, print }) => {
    const found = await cluster.plans.get({ planId: planIdOf(args[0]) })
    const text = await describe(cluster, found)
    print.result(found, () => [text, ...carryOut(found)].join('\n'))
    return 0
  })
}

async function describe(cluster: Client, kept: KeptPlan): Promise<string> {
  switch (kept.kind) {
    case 'act':
      return describeActPlan(kept.plan)
    case 'drain':
      return describeDrain(kept.plan)
    case 'service':
      return describeServiceActPlan(kept.plan)
    case 'loss':
      return [describeLoss(kept.plan), ...describeLossSince(kept.plan, kept.since)].join('\n')
    case 'dispatch':
      return describeDispatchPlan(await cluster.tasks.getPlan({ planId: kept.plan.id }))
    default:
      return kept satisfies never
  }
}

function carryOut({ kind, plan }: KeptPlan): string[] {
  if (kind === 'loss') return []
  return [`Carry it out with: qd ${nouns[kind]} confirm ${plan.id}`]
}

const nouns = { act: 'node', drain: 'node', service: 'service', dispatch: 'task' } as const
