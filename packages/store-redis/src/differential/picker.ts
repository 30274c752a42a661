import type { Random } from '@quarterdeck/platform'

export type Picker = {
  pick<Value>(values: readonly [Value, ...Value[]] | readonly Value[]): Value
  /** 0 <= n < bound */
  number(bound: number): number
  /** True about once in `times`. */
  onceIn(times: number): boolean
}

export function picker(random: Random): Picker {
  return {
    pick(values) {
      const value = values[random.nextInt(values.length)]
      if (value === undefined) throw new Error('nothing to pick from')
      return value
    },
    number: (bound) => random.nextInt(bound),
    onceIn: (times) => random.nextInt(times) === 0,
  }
}
