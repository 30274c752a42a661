/** Running totals of one controller since its start, for `/metrics` and the benches. Plain numbers: read them, add to them. */
export type Counters = {
  beats: number
  commits: number
  commitCalls: number
  conflicts: number
  fenced: number
  placements: number
  refusals: number
  reports: number
  finished: Record<string, number>
  suspicions: number
  falseSuspicions: number
  takeovers: number
  streams: number
  framesDropped: number
}

export function newCounters(): Counters {
  return {
    beats: 0,
    commits: 0,
    commitCalls: 0,
    conflicts: 0,
    fenced: 0,
    placements: 0,
    refusals: 0,
    reports: 0,
    finished: {},
    suspicions: 0,
    falseSuspicions: 0,
    takeovers: 0,
    streams: 0,
    framesDropped: 0,
  }
}
