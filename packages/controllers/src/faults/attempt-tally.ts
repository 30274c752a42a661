import type { CordonSuggestion, JobOnNode, NodeId, TaskId, UnixMs } from '@quarterdeck/domain'

/** How far back attempts count. */
export const TALLY_WINDOW_MS = 10 * 60_000
const BUCKET_MS = 60_000
/** Failures that are remembered word for word, of one job on one node. */
const FAILURES_KEPT = 5
/** Jobs on nodes that are counted at a time; of further ones nothing is known until older ones are forgotten. */
const PLACES_MAX = 50_000

/** The end of one attempt, whatever became of its task. */
export type AttemptResult = {
  readonly job: string
  readonly nodeId: NodeId
  readonly taskId: TaskId
  readonly attempt: number
  readonly atMs: UnixMs
  /** Why it failed, in words; null: it succeeded. */
  readonly error: string | null
}

type Counts = { ended: number; failed: number }
type Failure = CordonSuggestion['failures'][number]
type Place = { readonly minutes: Map<number, Counts>; failures: Failure[] }

/** How attempts of each job ended on each node in the last ten minutes, in buckets of a minute: bounded however many there are. */
export class AttemptTally {
  readonly #byNode = new Map<NodeId, Map<string, Place>>()
  #places = 0

  note({ job, nodeId, taskId, attempt, atMs, error }: AttemptResult): void {
    const place = this.#placeOf(nodeId, job)
    if (!place) return
    const minute = Math.floor(atMs / BUCKET_MS)
    const counts = place.minutes.get(minute) ?? { ended: 0, failed: 0 }
    place.minutes.set(minute, counts)
    counts.ended++
    if (error === null) return
    counts.failed++
    const failures = [{ taskId, job, attempt, atMs, error }, ...place.failures]
    place.failures = failures.sort((a, b) => b.atMs - a.atMs).slice(0, FAILURES_KEPT)
  }

  #placeOf(nodeId: NodeId, job: string): Place | undefined {
    const known = this.#byNode.get(nodeId)?.get(job)
    if (known || this.#places >= PLACES_MAX) return known
    const jobs = this.#byNode.get(nodeId) ?? new Map<string, Place>()
    const place: Place = { minutes: new Map(), failures: [] }
    this.#byNode.set(nodeId, jobs.set(job, place))
    this.#places++
    return place
  }

  /** The node is given a new chance: what happened there before does not speak against it. */
  forgive(nodeId: NodeId): void {
    this.#places -= this.#byNode.get(nodeId)?.size ?? 0
    this.#byNode.delete(nodeId)
  }

  clear(): void {
    this.#byNode.clear()
    this.#places = 0
  }

  /** Forgets what is older than the window. */
  age(nowMs: UnixMs): void {
    const oldest = Math.floor((nowMs - TALLY_WINDOW_MS) / BUCKET_MS)
    for (const [nodeId, jobs] of this.#byNode) {
      for (const [job, place] of jobs) {
        for (const minute of place.minutes.keys()) if (minute <= oldest) place.minutes.delete(minute)
        if (place.minutes.size === 0 && jobs.delete(job)) this.#places--
        else place.failures = place.failures.filter(({ atMs }) => atMs > nowMs - TALLY_WINDOW_MS)
      }
      if (jobs.size === 0) this.#byNode.delete(nodeId)
    }
  }

  /** How each job fared on each node, beside how it fared on all others, as of the last `age`. */
  byNode(): ReadonlyMap<NodeId, { readonly jobs: readonly JobOnNode[]; readonly failures: readonly Failure[] }> {
    const overall = new Map<string, Counts>()
    const here = new Map<NodeId, Map<string, Counts>>()
    for (const [nodeId, jobs] of this.#byNode) {
      const counted = new Map([...jobs].map(([job, { minutes }]) => [job, sum(minutes.values())]))
      here.set(nodeId, counted)
      for (const [job, counts] of counted) overall.set(job, sum([counts, overall.get(job) ?? sum([])]))
    }
    return new Map(
      [...here].map(([nodeId, counted]) => {
        const jobs = [...counted].map(([job, { ended, failed }]): JobOnNode => {
          const all = overall.get(job) ?? sum([])
          return {
            job,
            failedHere: failed,
            endedHere: ended,
            failedElsewhere: all.failed - failed,
            endedElsewhere: all.ended - ended,
          }
        })
        const failures = [...(this.#byNode.get(nodeId)?.values() ?? [])].flatMap((place) => place.failures)
        return [nodeId, { jobs, failures }]
      }),
    )
  }
}

function sum(all: Iterable<Readonly<Counts>>): Counts {
  const total = { ended: 0, failed: 0 }
  for (const { ended, failed } of all) {
    total.ended += ended
    total.failed += failed
  }
  return total
}
