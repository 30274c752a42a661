import type { Vitals } from '@quarterdeck/control-plane'
import { describe, expect, it } from 'vitest'
import { metricsText } from './metrics-text.ts'

const vitals: Vitals = {
  nodesByStatus: { ready: 3, down: 1 },
  tasksByState: { running: 2 },
  agentSessions: 4,
  streams: 1,
  isLeader: true,
  epoch: 7,
  revision: 42,
  behindMs: 250,
  storeRoundTripMs: null,
  eventLoopLagMs: 3,
  beatsTotal: 1,
  commitsTotal: 1,
  commitCallsTotal: 1,
  commitsWaiting: 0,
  conflictsTotal: 0,
  fencedTotal: 0,
  placementsTotal: 1,
  refusalsTotal: 0,
  reportsTotal: 1,
  tasksFinishedTotal: {},
  suspicionsTotal: 0,
  falseSuspicionsTotal: 0,
  takeoversTotal: 1,
}

describe('the metrics', () => {
  const text = metricsText(vitals, {
    memoryBytesResident: 1,
    cpuSeconds: 0.5,
    uptimeSeconds: 9,
    sockets: { agent: 4, client: 0 },
  })

  it('are in base units, one line per label value', () => {
    expect(text).toContain('# TYPE qd_nodes gauge\nqd_nodes{status="ready"} 3\nqd_nodes{status="down"} 1\n')
    expect(text).toContain('qd_view_behind_seconds 0.25\n')
    expect(text).toContain('qd_is_leader 1\n')
  })

  it('leave out what is not known, instead of saying zero', () => {
    expect(text).not.toContain('qd_store_round_trip_seconds')
    expect(text).not.toContain('qd_tasks_finished_total')
  })

  it('describe each name once', () => {
    const names = [...text.matchAll(/^# HELP (\S+) /gm)].map(([, name]) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})
