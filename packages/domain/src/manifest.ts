import { parseBytes } from './amounts.ts'
import { parseDuration } from './durations.ts'

/**
 * Reads amounts as people write them in files: under a key that ends in `Ms`, `10s` becomes 10000; under one that ends in `Bytes`,
 * `64MiB` becomes 67108864. Everything else, and what cannot be read, stays as it is, for the schema to judge.
 */
export function readAmounts(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => readAmounts(each))
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, readAmounts(each, name)]))
  if (typeof value !== 'string') return value
  const read = /Ms(Max)?$/.test(key) ? parseDuration : /Bytes(Max)?$/.test(key) ? parseBytes : null
  const amount = read?.(value)
  return amount?.ok ? amount.value : value
}
