import type { TaskSubmit } from '@quarterdeck/domain'
import { wishesInWords } from './wishes-in-words.ts'

/** Where a task may run and where it would rather, in words. */
export function DispatchedWhere({ spec }: { readonly spec: TaskSubmit }) {
  const words = [
    ...(spec.pool ? [`pool ${spec.pool}`] : []),
    ...spec.constraints.map((each) => `${each.label} ${each.operator} ${each.values.join(', ')}`),
    ...(spec.onNodes.length > 0 ? [`only on ${spec.onNodes.join(', ')}`] : []),
    ...wishesInWords(spec),
    ...(spec.notOnNodes.length > 0 ? [`not on ${spec.notOnNodes.join(', ')}`] : []),
  ]
  return <>{words.join('; ') || 'any node'}</>
}
