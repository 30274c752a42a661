import { type Random, seededRandom } from '@quarterdeck/platform'

/** An independent generator per name, so that one more draw in one place does not change what happens in all others. */
export function randomStream(seed: number, name: string): Random {
  let hash = 0x811c9dc5 ^ seed
  for (let index = 0; index < name.length; index++) hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  return seededRandom(Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) ^ seed)
}

/** Whole number, `low` <= n <= `high`. */
export function between(random: Random, low: number, high: number): number {
  return low + random.nextInt(high - low + 1)
}

export function chance(random: Random, share: number): boolean {
  return random.next() < share
}

/** One of the items; undefined of an empty list. */
export function pick<Item>(random: Random, items: readonly Item[]): Item | undefined {
  return items.length === 0 ? undefined : items[random.nextInt(items.length)]
}

/** Exponentially distributed, with this mean. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean
}
