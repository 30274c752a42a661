import { type LoadSample, loadSampleSchema } from '@quarterdeck/domain'
import { type RegisterRequest, registerRequestSchema } from '@quarterdeck/domain/wire'

/** What a small agent says when it registers. */
export function registration(incarnation = 'life-1'): RegisterRequest {
  return registerRequestSchema.parse({
    wire: 1,
    incarnation,
    fences: [],
    zone: 'zone-a',
    region: 'here',
    labels: {},
    capacity: { cpuMillis: 1_000, memoryBytes: 1_000_000, taskSlots: 4 },
    facts: {
      hostname: 'web-1',
      os: 'linux',
      arch: 'x64',
      cpuModel: 'cpu',
      cpuCount: 1,
      agentVersion: '0.1.0',
      nodeVersion: '20.19.0',
      pid: 1,
      bootId: 'boot',
      startedAtMs: 1,
      addresses: [],
      isolation: 'none',
      drivers: ['exec'],
      handlers: [],
      canHostController: false,
    },
    held: [],
  })
}

/** What it measures. */
export function loadSample(): LoadSample {
  return loadSampleSchema.parse({
    cpuShare: 0.1,
    memoryBytesUsed: 1,
    memoryBytesTotal: 2,
    diskBytesUsed: null,
    diskBytesTotal: null,
    diskReadBytesPerSecond: null,
    diskWriteBytesPerSecond: null,
    networkReceivedBytesPerSecond: null,
    networkSentBytesPerSecond: null,
    loadAverage: [0, 0, 0],
    tasksRunning: 0,
    eventLoopLagMs: 0,
  })
}
