/** Something that takes tasks which do nothing, runs them elsewhere, and tells the submitter. */
export type Contender = {
  readonly name: string
  /** Submits so many at once and resolves when the submitter has seen all results. */
  runMany(count: number): Promise<void>
  /** One task, submitted and waited for. */
  runOne(): Promise<void>
  /** CPU of all processes but this one, the store included, milliseconds since they started. */
  cpuMs(): number
  /** Commands that its Redis has processed. */
  commands(): Promise<number>
  stop(): Promise<void>
}
