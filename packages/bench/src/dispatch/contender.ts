import type { RedisWork } from '../measure/redis-counts.ts'

/** Something that takes tasks which do nothing, runs them elsewhere, and tells the submitter. */
export type Contender = {
  readonly name: string
  /** Submits so many at once and resolves when the submitter has seen all results. */
  runMany(count: number): Promise<void>
  /** One task, submitted and waited for. */
  runOne(): Promise<void>
  /** CPU of each part but this process, the store included, milliseconds since it started. */
  cpuMs(): Readonly<Record<string, number>>
  redisWork(): Promise<RedisWork>
  stop(): Promise<void>
}
