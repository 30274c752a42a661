import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { nodeIdOf } from '../parse/ids.ts'
import { each, labels } from '../parse/options.ts'
import { withReason } from '../parse/with-reason.ts'
import { showPreview, withDryRun } from './node-plans.ts'

type Reason = { readonly reason?: string; readonly dryRun?: boolean }
const NO_REASON = 'by qd'

export function addNodeChangeCommands(node: Command, run: Run): void {
  for (const [verb, description, done] of [
    ['cordon', 'no new work there', 'cordoned'],
    ['uncordon', 'work may go there again', 'open for work'],
  ] as const) {
    const command = withReason(leaf(node, `${verb} <nodes...>`, description))
    act<Reason, readonly [string[]]>(
      verb === 'cordon' ? withDryRun(command) : command,
      run,
      async ({ cluster, options, args, print }) => {
        const ids = args[0].map(nodeIdOf)
        if (verb === 'cordon' && options.dryRun) return await showPreview({ act: verb, ids }, { cluster, print })
        const answer = await cluster.nodes[verb]({ ids, reason: options.reason ?? NO_REASON })
        print.result(answer, () => `${ids.join(', ')}: ${done}`)
        return 0
      },
    )
  }

  for (const [verb, description, done] of [
    ['promote', 'let it host a controller as well', 'is asked to start a controller'],
    ['demote', 'stop its controller, after a hand-over', 'is asked to stop its controller'],
    ['remove', 'forget a node that is down, gone or drained', 'is removed'],
  ] as const) {
    const command = leaf(node, verb === 'remove' ? 'rm <node>' : `${verb} <node>`, description)
    act<Reason, readonly [string]>(withDryRun(withReason(command)), run, async ({ cluster, options, args, print }) => {
      const id = nodeIdOf(args[0])
      if (options.dryRun) return await showPreview({ act: verb, ids: [id] }, { cluster, print })
      await cluster.nodes[verb]({ id, reason: options.reason ?? NO_REASON })
      print.result({ id, [verb]: true }, () => `${id} ${done}`)
      return 0
    })
  }

  const label = leaf(node, 'label <node> [labels...]', 'set and remove labels: key=value sets, key- removes').option(
    '--replace',
    'forget the labels that are not named',
  )
  act<{ replace?: boolean }, readonly [string, string[]]>(label, run, async ({ cluster, options, args, print }) => {
    const id = nodeIdOf(args[0])
    const changes = args[1].reduce<string[]>((texts, text) => each(text, texts), [])
    const removed = changes.filter((text) => text.endsWith('-') && !text.includes('=')).map((text) => text.slice(0, -1))
    const set = labels(
      'label',
      changes.filter((text) => !(text.endsWith('-') && !text.includes('='))),
    )
    const before = options.replace ? {} : (await cluster.nodes.get({ id })).value.labels
    const kept = Object.entries(before).filter(([key]) => !removed.includes(key))
    const after = { ...Object.fromEntries(kept), ...set }
    if (changes.length > 0 || options.replace) await cluster.nodes.setLabels({ id, labels: after })
    print.result(
      { id, labels: after },
      () =>
        Object.entries(after)
          .map(([key, value]) => `${key}=${value}`)
          .join('\n') || `${id} has no labels`,
    )
    return 0
  })
}
