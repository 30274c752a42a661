import type { Candidates } from './strategy.ts'

/** The candidate that comes first in the order of `compare`; -1 when there is none. */
export function firstOf(candidates: Candidates, compare: (left: number, right: number) => number): number {
  let first = candidates.count > 0 ? candidates.at(0) : -1
  for (let position = 1; position < candidates.count; position++) {
    const index = candidates.at(position)
    if (compare(index, first) < 0) first = index
  }
  return first
}

export function where(candidates: Candidates, holds: (index: number) => boolean): number[] {
  const indexes: number[] = []
  for (let position = 0; position < candidates.count; position++) {
    const index = candidates.at(position)
    if (holds(index)) indexes.push(index)
  }
  return indexes
}

/** Whether an index is among the candidates, looked up once for many nodes. */
export function membership(candidates: Candidates, indexCount: number): (index: number) => boolean {
  const member = new Uint8Array(indexCount)
  for (let position = 0; position < candidates.count; position++) member[candidates.at(position)] = 1
  return (index) => member[index] === 1
}
