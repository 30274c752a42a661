import { type TaskSubmit, writeAffinity, writePortNeed } from '@quarterdeck/domain'

/** In words, for a task that was handed in. */
export function wishesInWords(
  spec: Pick<TaskSubmit, 'affinities' | 'taskAffinities' | 'spreadOver' | 'ports' | 'preempts'>,
): string[] {
  const { affinities = [], taskAffinities = [], spreadOver = [], ports = [], preempts } = spec
  return [
    ...affinities.map((each) => `prefers ${writeAffinity(each)}`),
    ...taskAffinities.map(
      (each) => `${each.weight === undefined ? '' : 'rather '}${each.how} ${each.job} within ${each.within}`,
    ),
    ...spreadOver.map(
      (each) => `${each.weight === undefined ? '' : 'rather '}even over ${each.label} within ${each.skewMax}`,
    ),
    ...ports.map((each) => `port ${writePortNeed(each)}`),
    ...(preempts ? ['may preempt'] : []),
  ]
}
