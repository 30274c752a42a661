import { type ControllerView, controllerIdSchema, formatBytes } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { Refused } from '../failure.ts'
import { withReason } from '../parse/with-reason.ts'
import { ago, moment } from '../show/moments.ts'
import { type Column, table } from '../show/table.ts'

const ms = (value: number | null) => (value === null ? null : `${Math.round(value * 10) / 10} ms`)

const columns: readonly Column<ControllerView>[] = [
  { title: 'controller', of: (each) => each.id },
  { title: 'role', of: (each) => each.role },
  { title: 'epoch', of: (each) => each.epoch, align: 'right' },
  { title: 'url', of: (each) => each.url },
  { title: 'node', of: (each) => each.nodeId },
  { title: 'agents', of: (each) => each.agents, align: 'right' },
  { title: 'pages', of: (each) => each.pages, align: 'right' },
  { title: 'store', of: (each) => ms(each.storeRoundTripMs), align: 'right' },
  { title: 'lag', of: (each) => ms(each.eventLoopLagMs), align: 'right' },
  { title: 'memory', of: (each) => (each.memoryBytes === null ? null : formatBytes(each.memoryBytes)), align: 'right' },
  { title: 'up', of: (each) => ago(each.startedAtMs) },
]

export function addControlCommands(control: Command, run: Run): void {
  act(
    leaf(control, 'ls', 'controllers, who leads, and the last changes of leader'),
    run,
    async ({ cluster, print }) => {
      const view = await cluster.controlPlane.view()
      print.result(view, () => {
        const takeovers = (view.leadership?.takeovers ?? []).slice(0, 5)
        const history = takeovers.map(
          ({ atMs, holder, epoch, how, gapMs, firstDecisionMs }) =>
            `${moment(atMs)}  ${holder} took epoch ${epoch} (${how}), gap ${ms(gapMs) ?? 'unknown'}, first decision after ${ms(firstDecisionMs) ?? 'none yet'}`,
        )
        return [table(view.controllers, columns, 'No controller is known.'), '', view.tolerance, ...history].join('\n')
      })
      return 0
    },
  )

  act<{ reason?: string }, readonly [string]>(
    withReason(leaf(control, 'transfer <controller>', 'move leadership there, without a gap')),
    run,
    async ({ cluster, options, args, print }) => {
      const to = controllerIdSchema.safeParse(args[0])
      if (!to.success) throw new Refused(`There is no controller ${JSON.stringify(args[0])}`)
      const moved = await cluster.controlPlane.transfer({ to: to.data, reason: options.reason ?? 'by qd' })
      print.result(
        { to: to.data, ...moved },
        () => `${to.data} leads now: epoch ${moved.epoch}, moved in ${ms(moved.tookMs)}`,
      )
      return 0
    },
  )
}
