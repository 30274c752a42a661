import type { GivenPort, Shard } from '@quarterdeck/domain'
import type { Json } from '../../driver.ts'

/** From the keeper to a worker process. `key` names the attempt. */
export type ToWorker =
  | {
      readonly kind: 'run'
      readonly key: string
      readonly taskId: string
      readonly attempt: number
      readonly name: string
      readonly input: Json
      readonly shard: Shard | null
      readonly ports: readonly GivenPort[]
    }
  | { readonly kind: 'abort'; readonly key: string }

export type FromWorker =
  | { readonly kind: 'ready'; readonly handlers: readonly string[] }
  /** The module cannot be used; the process ends. */
  | { readonly kind: 'unusable'; readonly because: string }
  | { readonly kind: 'progress'; readonly key: string; readonly share: number | null; readonly text: string }
  | { readonly kind: 'log'; readonly key: string; readonly stream: 'stdout' | 'stderr'; readonly text: string }
  | { readonly kind: 'done'; readonly key: string; readonly value: Json }
  | { readonly kind: 'failed'; readonly key: string; readonly because: string }
