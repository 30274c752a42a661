import { type ServiceAct, serviceSpecSchema } from '@quarterdeck/domain'
import type { Client } from '@quarterdeck/sdk'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { planIdOf } from '../parse/ids.ts'
import { each } from '../parse/options.ts'
import { readManifests } from '../parse/read-manifests.ts'
import { withReason } from '../parse/with-reason.ts'
import { describeServiceActPlan } from '../show/describe-service-plan.ts'
import type { Printer } from '../show/printer.ts'
import { followOperation } from './operations.ts'

export type Preview = { readonly preview?: boolean }

export function withPreview(command: Command): Command {
  return command.option('--preview', 'only show what would happen, batch by batch, as a plan that can be confirmed')
}

export async function showPreview(
  cluster: Client,
  print: Printer,
  what: Parameters<Client['services']['preview']>[0] & { readonly kind: ServiceAct['kind'] },
): Promise<number> {
  const plan = await cluster.services.preview(what)
  print.result(plan, () => `${describeServiceActPlan(plan)}\nCarry it out with: qd service confirm ${plan.id}`)
  return 0
}

/** Previews of a new file, and the confirm of any preview. */
export function addServicePlanCommands(service: Command, run: Run): void {
  const preview = leaf(service, 'preview', 'what the file of a service would do, batch by batch, as a plan')
  act<{ readonly file?: readonly string[] }>(
    preview.option('-f, --file <file>', 'YAML or JSON, `-` for what is piped in', each),
    run,
    async ({ cluster, options, print, io }) => {
      const [manifest, ...others] = await readManifests([...(options.file ?? [])], io)
      if (!manifest || others.length > 0 || manifest.kind !== 'service')
        throw new UsageError('Name one file with one service with -f')
      const parsed = serviceSpecSchema.safeParse(manifest.body)
      if (parsed.success) return await showPreview(cluster, print, { kind: 'update', spec: parsed.data })
      const [issue] = parsed.error.issues
      throw new UsageError(
        `${manifest.where}: ${issue?.path.join('.') || 'service'}: ${issue?.message ?? 'is refused'}`,
      )
    },
  )

  const confirm = withReason(
    leaf(service, 'confirm <plan>', 'carry out a preview, if the cluster is still as it saw it'),
  ).option('--wait', 'until it has ended; shows its progress')
  act<{ readonly reason?: string; readonly wait?: boolean }, readonly [string]>(
    confirm,
    run,
    async ({ cluster, options, args, print, io }) => {
      const { operationId } = await cluster.services.carryOut({
        planId: planIdOf(args[0]),
        reason: options.reason ?? 'by qd',
      })
      if (options.wait) return await followOperation(cluster, operationId, print, io)
      print.result({ operationId }, () => `It is begun. Follow it with: qd operation show ${operationId} --wait`)
      return 0
    },
  )
}
