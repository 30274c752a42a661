export type VitalsService = {
  ready(): { readonly ready: boolean; readonly because: string }
  /** Numbers for `/metrics`, by metric name without prefix; labelled ones as lists. */
  metrics(): Vitals
}

export type Vitals = {
  readonly nodesByStatus: Readonly<Record<string, number>>
  readonly tasksByState: Readonly<Record<string, number>>
  readonly agentSessions: number
  readonly streams: number
  readonly isLeader: boolean
  readonly epoch: number
  readonly revision: number
  readonly behindMs: number
  readonly storeRoundTripMs: number | null
  readonly eventLoopLagMs: number
  readonly beatsTotal: number
  readonly commitsTotal: number
  readonly commitCallsTotal: number
  readonly commitsWaiting: number
  readonly conflictsTotal: number
  readonly fencedTotal: number
  readonly placementsTotal: number
  readonly refusalsTotal: number
  readonly reportsTotal: number
  readonly tasksFinishedTotal: Readonly<Record<string, number>>
  readonly suspicionsTotal: number
  readonly falseSuspicionsTotal: number
  readonly takeoversTotal: number
}
