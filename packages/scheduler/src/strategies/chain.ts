import { strategiesOf } from '@quarterdeck/domain'
import { candidatesOf } from '../screen.ts'
import type { PlacementStrategy } from '../strategy.ts'
import { leastLoaded } from './least-loaded.ts'

/**
 * Several strategies one after the other: `locality > bounded-hash > least-loaded`.
 *
 * One that can narrow leaves the nodes that it prefers to the next; any other names a node, and the chain ends there, or names none, and
 * the next is asked. When the last has named none, the least loaded is taken: a chain never refuses what fits.
 */
export function chainOf(
  text: string,
  find: (name: string) => PlacementStrategy | undefined,
): PlacementStrategy | undefined {
  const members = strategiesOf(text).map(find)
  if (members.some((member) => member === undefined)) return undefined
  const known = members.filter((member) => member !== undefined)

  return {
    name: text,
    summary: known.map(({ summary }) => summary).join('; then: '),
    choose(request, candidates, context) {
      let left = candidates
      const notes: string[] = []
      for (const [at, member] of known.entries()) {
        if (member.narrow && at < known.length - 1) {
          const { indexes, because } = member.narrow(request, left, context)
          left = candidatesOf(indexes)
          notes.push(because)
          continue
        }
        const choice = member.choose(request, left, context)
        if (choice) return { ...choice, because: [...notes, choice.because].join('; ') }
        notes.push(`${member.name} names no node`)
      }
      const choice = leastLoaded.choose(request, left, context)
      return choice && { ...choice, because: [...notes, choice.because].join('; ') }
    },
  }
}
