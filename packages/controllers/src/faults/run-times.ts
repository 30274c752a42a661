/** How many of the newest run times of a job are kept. */
const KEPT_MAX = 200
/** Jobs that are remembered; the one that was silent longest is forgotten first. */
const JOBS_MAX = 10_000

/** How long the newest runs of each job that succeeded took. Bounded however many there are. */
export class RunTimes {
  readonly #byJob = new Map<string, number[]>()

  note(job: string, runMs: number): void {
    const times = this.#byJob.get(job) ?? []
    times.push(runMs)
    if (times.length > KEPT_MAX) times.shift()
    // The one that was heard of last comes last.
    this.#byJob.delete(job)
    this.#byJob.set(job, times)
    for (const oldest of this.#byJob.keys()) {
      if (this.#byJob.size <= JOBS_MAX) break
      this.#byJob.delete(oldest)
    }
  }

  /** What half of its runs take at most, milliseconds; undefined without any. */
  usualMs(job: string): number | undefined {
    const times = [...(this.#byJob.get(job) ?? [])].sort((left, right) => left - right)
    return times[Math.floor((times.length - 1) / 2)]
  }

  clear(): void {
    this.#byJob.clear()
  }
}
