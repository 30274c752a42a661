import {
  affinityHints,
  parseAffinity,
  parsePortNeed,
  parseSpreadOver,
  parseTaskAffinity,
  type TaskSubmitInput,
} from '@quarterdeck/domain'
import type { Command } from 'commander'
import { UsageError } from '../failure.ts'
import { each } from './options.ts'

/** What a task wishes of its place beyond labels that must hold. */
export type WishFlags = {
  readonly prefer?: readonly string[]
  readonly with?: readonly string[]
  readonly apart?: readonly string[]
  readonly spread?: readonly string[]
  readonly port?: readonly string[]
  readonly preempts?: boolean
}

export function withWishOptions(command: Command): Command {
  return command
    .option('--prefer <wish>', `rather on such nodes: ${affinityHints.prefer}; may be repeated`, each)
    .option('--with <job>', `near tasks of a job: ${affinityHints.taskAffinity}; may be repeated`, each)
    .option('--apart <job>', 'away from tasks of a job, written like --with; may be repeated', each)
    .option('--spread <label>', `even over a label: ${affinityHints.spreadOver}; may be repeated`, each)
    .option('--port <port>', 'a port in QD_TASK_PORT_<NAME>: http (any free one) or http=8080; may be repeated', each)
    .option('--preempts', 'may stop tasks of at least 10 less priority when it fits nowhere')
}

type Wishes = Pick<TaskSubmitInput, 'affinities' | 'taskAffinities' | 'spreadOver' | 'ports' | 'preempts'>

export function wishesOf({ prefer, with: near, apart, spread, port, preempts }: WishFlags): Wishes {
  const ties = [
    ...read('--with', near, affinityHints.taskAffinity, (text) => parseTaskAffinity('with', text)),
    ...read('--apart', apart, affinityHints.taskAffinity, (text) => parseTaskAffinity('apart', text)),
  ]
  return {
    ...(prefer ? { affinities: read('--prefer', prefer, affinityHints.prefer, parseAffinity) } : {}),
    ...(ties.length > 0 ? { taskAffinities: ties } : {}),
    ...(spread ? { spreadOver: read('--spread', spread, affinityHints.spreadOver, parseSpreadOver) } : {}),
    ...(port ? { ports: read('--port', port, 'http or http=8080', parsePortNeed) } : {}),
    ...(preempts ? { preempts } : {}),
  }
}

function read<Value>(
  option: string,
  texts: readonly string[] = [],
  accepted: string,
  parse: (text: string) => Value | null,
): Value[] {
  return texts.map((text) => {
    const value = parse(text)
    if (value !== null) return value
    throw new UsageError(`${option} ${JSON.stringify(text)} is not accepted: write ${accepted}`)
  })
}
