import { readFileSync, statfsSync } from 'node:fs'
import os from 'node:os'
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Platform } from '@quarterdeck/platform'
import type { Probes } from '../probes.ts'
import { availableMemory, cpuTimes, diskSectors, networkBytes } from './proc-readings.ts'

const sectorBytes = 512

type Counters = {
  readonly atMs: number
  readonly cpu: { readonly busy: number; readonly total: number }
  readonly disk: { readonly read: number; readonly written: number } | null
  readonly network: { readonly received: number; readonly sent: number } | null
}

/**
 * Measures this machine: from /proc on Linux, from Node's `os` elsewhere. What a machine does not tell is null, never zero.
 *
 * @param folder on the disk that is measured: where tasks write
 */
export function machineProbes(platform: Platform, folder: string): Probes {
  const lag = monitorEventLoopDelay({ resolution: 10 })
  lag.enable()
  let previous = count(platform)

  return {
    sample() {
      const now = count(platform)
      const seconds = Math.max(0.001, (now.atMs - previous.atMs) / 1_000)
      const before = previous
      previous = now
      const rate = (after: number | undefined, earlier: number | undefined) =>
        after === undefined || earlier === undefined ? null : Math.max(0, (after - earlier) / seconds)
      const totalTicks = now.cpu.total - before.cpu.total
      const memoryBytesTotal = os.totalmem()
      const disk = diskUsage(folder)
      return {
        cpuShare: totalTicks > 0 ? clamp((now.cpu.busy - before.cpu.busy) / totalTicks) : 0,
        memoryBytesTotal,
        memoryBytesUsed: Math.max(0, memoryBytesTotal - (availableMemory(read('/proc/meminfo')) ?? os.freemem())),
        diskBytesUsed: disk?.used ?? null,
        diskBytesTotal: disk?.total ?? null,
        diskReadBytesPerSecond: rate(now.disk?.read, before.disk?.read),
        diskWriteBytesPerSecond: rate(now.disk?.written, before.disk?.written),
        networkReceivedBytesPerSecond: rate(now.network?.received, before.network?.received),
        networkSentBytesPerSecond: rate(now.network?.sent, before.network?.sent),
        loadAverage: os.loadavg() as [number, number, number],
        eventLoopLagMs: takeLag(lag),
      }
    },
  }
}

function count(platform: Platform): Counters {
  const sectors = diskSectors(read('/proc/diskstats'))
  return {
    atMs: platform.clock.monotonicMs(),
    cpu: cpuTimes(os.cpus()),
    disk: sectors && { read: sectors.read * sectorBytes, written: sectors.written * sectorBytes },
    network: networkBytes(read('/proc/net/dev')),
  }
}

function diskUsage(folder: string): { readonly used: number; readonly total: number } | null {
  try {
    const { bsize, blocks, bfree } = statfsSync(folder)
    return { total: bsize * blocks, used: bsize * (blocks - bfree) }
  } catch {
    return null
  }
}

/** Worst delay since the last call. The histogram counts the interval itself as well. */
function takeLag(histogram: IntervalHistogram): number {
  const worstMs = Math.max(0, histogram.max / 1e6 - 10)
  histogram.reset()
  return Math.round(worstMs * 10) / 10
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share))
}
