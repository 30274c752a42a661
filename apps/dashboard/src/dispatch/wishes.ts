import {
  affinityHints,
  affinitySchema,
  parseAffinity,
  parsePortNeed,
  parseSpreadOver,
  parseTaskAffinity,
  parseToleration,
  spreadOverSchema,
  type TaskSubmit,
  type TaskSubmitInput,
  taskAffinitySchema,
  tolerationHint,
  writeAffinity,
  writePortNeed,
  writeSpreadOver,
  writeTaskAffinity,
  writeToleration,
} from '@quarterdeck/domain'

/** What a task wishes of its place, as text fields: entries with spaces between. */
export type WishFields = {
  readonly tolerates: string
  readonly prefers: string
  readonly near: string
  readonly apart: string
  readonly spreadOver: string
  readonly ports: string
  readonly preempts: boolean
}

export const noWishes: WishFields = {
  tolerates: '',
  prefers: '',
  near: '',
  apart: '',
  spreadOver: '',
  ports: '',
  preempts: false,
}

type Wishes = Pick<
  TaskSubmitInput,
  'tolerations' | 'affinities' | 'taskAffinities' | 'spreadOver' | 'ports' | 'preempts'
>

/** Nothing for a field that is empty, so that the task says only what somebody chose. */
export function readWishes(fields: WishFields, problems: Partial<Record<keyof WishFields, string>>): Wishes {
  function read<Value>(field: keyof WishFields, hint: string, parse: (word: string) => Value | null): Value[] {
    return String(fields[field])
      .split(/\s+/)
      .filter(Boolean)
      .flatMap((word) => {
        const value = parse(word)
        if (value === null) problems[field] = `"${word}" cannot be read; write ${hint}.`
        return value === null ? [] : [value]
      })
  }
  const tolerations = read('tolerates', tolerationHint, parseToleration)
  const affinities = read('prefers', affinityHints.prefer, parseAffinity)
  const taskAffinities = [
    ...read('near', affinityHints.taskAffinity, (word) => parseTaskAffinity('with', word)),
    ...read('apart', affinityHints.taskAffinity, (word) => parseTaskAffinity('apart', word)),
  ]
  const spreadOver = read('spreadOver', affinityHints.spreadOver, parseSpreadOver)
  const ports = read('ports', 'http or http=8080', parsePortNeed)
  return {
    ...(tolerations.length > 0 ? { tolerations } : {}),
    ...(affinities.length > 0 ? { affinities } : {}),
    ...(taskAffinities.length > 0 ? { taskAffinities } : {}),
    ...(spreadOver.length > 0 ? { spreadOver } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    ...(fields.preempts ? { preempts: true } : {}),
  }
}

export function wishFieldsOf(spec: Pick<TaskSubmit, keyof Wishes>): WishFields {
  const ties = spec.taskAffinities ?? []
  return {
    tolerates: (spec.tolerations ?? []).map(writeToleration).join(' '),
    prefers: (spec.affinities ?? []).map(writeAffinity).join(' '),
    near: ties
      .filter(({ how }) => how === 'with')
      .map(writeTaskAffinity)
      .join(' '),
    apart: ties
      .filter(({ how }) => how === 'apart')
      .map(writeTaskAffinity)
      .join(' '),
    spreadOver: (spec.spreadOver ?? []).map(writeSpreadOver).join(' '),
    ports: (spec.ports ?? []).map(writePortNeed).join(' '),
    preempts: spec.preempts ?? false,
  }
}

/** The same as options of `qd task run`. */
export function wishOptions(spec: Wishes): string[] {
  const { tolerations = [], affinities = [], taskAffinities = [], spreadOver = [], ports = [], preempts } = spec
  return [
    ...tolerations.flatMap((each) => ['--tolerate', writeToleration(each)]),
    ...affinities.flatMap((each) => ['--prefer', writeAffinity(affinitySchema.parse(each))]),
    ...taskAffinities.flatMap((each) => [`--${each.how}`, writeTaskAffinity(taskAffinitySchema.parse(each))]),
    ...spreadOver.flatMap((each) => ['--spread', writeSpreadOver(spreadOverSchema.parse(each))]),
    ...ports.flatMap((each) => ['--port', writePortNeed(each)]),
    ...(preempts ? ['--preempts'] : []),
  ]
}
