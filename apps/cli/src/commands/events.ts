import type { FeedEvent } from '@quarterdeck/domain'
import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { UsageError } from '../failure.ts'
import { many, wholeNumber } from '../parse/options.ts'
import { moment } from '../show/moments.ts'
import { safeText } from '../show/safe-text.ts'

type Flags = {
  readonly follow?: boolean
  readonly limit: number
  readonly type?: readonly string[]
  readonly about?: string
  readonly text?: string
}
type Wanted = {
  readonly types: readonly string[] | undefined
  readonly subject: Subject | undefined
  readonly text: string | undefined
}
type Subject = { readonly kind: string; readonly id: string }

export function addEventCommands(program: Command, run: Run): void {
  const limit = wholeNumber('--limit', { min: 1, max: 1_000 })
  const events = leaf(program, 'events', 'what happened, the newest last')
    .option('--follow', 'go on as it happens')
    .option('--limit <count>', 'at most so many', limit, 50)
    .option('--type <types>', 'only these: node.down, or node. for all of nodes', many)
    .option('--about <kind/id>', 'only about this: node/web-3')
    .option('--text <text>', 'only with this in the sentence')
  act<Flags>(events, run, async ({ cluster, options, print, io }) => {
    const wanted: Wanted = { types: options.type, subject: subjectOf(options.about), text: options.text }
    const { types, subject, text } = wanted
    const page = await cluster.events.list({
      limit: options.limit,
      ...(types ? { types: [...types] } : {}),
      ...(subject ? { subject } : {}),
      ...(text === undefined ? {} : { text }),
    })
    const oldestFirst = [...page.events].reverse()
    if (!options.follow) {
      print.result(page, () => oldestFirst.map(line).join('\n') || 'Nothing has happened.')
      return 0
    }
    for (const event of oldestFirst) print.item(event, () => line(event))
    const shown = new Set(oldestFirst.map(({ id }) => id))
    const newest = page.events[0]?.revision ?? 0
    for await (const { data: frame } of cluster.cluster.stream({ topics: ['events'] }, { signal: io.interrupted() })) {
      if (frame.t !== 'state' && frame.t !== 'snapshot') continue
      const fresh = (frame.events ?? []).filter(
        (event) => event.revision >= newest && !shown.has(event.id) && matches(event, wanted),
      )
      for (const event of fresh.sort((a, b) => a.revision - b.revision)) {
        shown.add(event.id)
        print.item(event, () => line(event))
      }
    }
    return 0
  })

  const audit = leaf(program, 'audit', 'who changed what, the newest last').option(
    '--limit <count>',
    'at most so many',
    limit,
    50,
  )
  act<{ limit: number }>(audit, run, async ({ cluster, options, print }) => {
    const page = await cluster.events.audit({ limit: options.limit })
    print.result(
      page,
      () =>
        [...page.entries]
          .reverse()
          .map(({ atMs, actor, action, target, reason, address }) =>
            safeText(
              `${moment(atMs)}  ${actor}  ${action} ${target}${reason ? `: ${reason}` : ''}${address ? `  from ${address}` : ''}`,
            ),
          )
          .join('\n') || 'Nobody has changed anything.',
    )
    return 0
  })
}

function line({ atMs, severity, type, text, actor, reason }: FeedEvent): string {
  const mark = severity === 'info' ? ' ' : severity === 'notice' ? '·' : '!'
  return safeText(`${moment(atMs)} ${mark} ${type}  ${text}${reason ? ` (${reason})` : ''}  by ${actor}`).replaceAll(
    '\n',
    ' ',
  )
}

function subjectOf(about: string | undefined): Subject | undefined {
  if (about === undefined) return undefined
  const at = about.indexOf('/')
  if (at < 1 || at === about.length - 1)
    throw new UsageError(`--about ${JSON.stringify(about.slice(0, 80))} must be kind/id, for example node/web-3`)
  return { kind: about.slice(0, at), id: about.slice(at + 1) }
}

/** The same choice as the server makes for the list. */
function matches(event: FeedEvent, { types, subject, text }: Wanted): boolean {
  if (types && !types.some((type) => (type.endsWith('.') ? event.type.startsWith(type) : event.type === type)))
    return false
  if (subject && (event.subject.kind !== subject.kind || event.subject.id !== subject.id)) return false
  return text === undefined || event.text.toLowerCase().includes(text.toLowerCase())
}
