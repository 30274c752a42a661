import type { ControllerId, Incarnation, NodeId, SessionId } from '@quarterdeck/domain'
import { describe, expect, it } from 'vitest'
import { decodeTelemetry, encodeTelemetry, isSentBy, type TelemetryMessage } from './telemetry-message.ts'

const message: TelemetryMessage = {
  from: 'c1' as ControllerId,
  incarnation: 'c1-life' as Incarnation,
  seq: 7,
  vitals: {
    revision: 12,
    behindMs: 0,
    storeRoundTripMs: 0.4,
    eventLoopLagMs: 3,
    agents: 1,
    pages: 0,
    memoryBytes: null,
    beatIntervalMs: 1_000,
    storeAway: false,
    brake: null,
  },
  beats: [
    {
      nodeId: 'n1' as NodeId,
      sessionId: 's1' as SessionId,
      ageMs: 120,
      load: {
        cpuShare: 0.1234,
        memoryBytesUsed: 2 ** 33,
        memoryBytesTotal: 2 ** 34,
        diskBytesUsed: null,
        diskBytesTotal: 0,
        diskReadBytesPerSecond: null,
        diskWriteBytesPerSecond: 5,
        networkReceivedBytesPerSecond: 0,
        networkSentBytesPerSecond: null,
        loadAverage: [1.25, 0.5, 0.01],
        tasksRunning: 2,
        eventLoopLagMs: 1,
      },
    },
  ],
  closed: [{ nodeId: 'n2' as NodeId, sessionId: 's2' as SessionId, goodbye: false, afterBeatMs: 400 }],
}

describe('a telemetry message', () => {
  it('comes out as it went in; what a machine does not tell stays apart from zero', () => {
    expect(decodeTelemetry(encodeTelemetry(message))).toEqual(message)
    expect(isSentBy(encodeTelemetry(message), message.incarnation)).toBe(true)
  })

  it('is ignored when it is of another version or no message at all', () => {
    for (const text of ['', '{', 'null', '[]', 'c1-life {"v":2,"beats":[]}', '"text"', 'c1-life '])
      expect(decodeTelemetry(text)).toBeNull()
  })

  it('stays small: a beat costs less than 150 bytes', () => {
    const many = {
      ...message,
      beats: Array.from({ length: 500 }, () => message.beats[0]).flatMap((beat) => beat ?? []),
    }
    expect(encodeTelemetry(many).length).toBeLessThan(500 * 150)
  })
})
