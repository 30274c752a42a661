import type { CpuInfo } from 'node:os'

/** Bytes that programs could still get; null when the text is not that of /proc/meminfo. */
export function availableMemory(meminfo: string | null): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? '')?.[1]
  return kibibytes === undefined ? null : Number(kibibytes) * 1_024
}

/** Time that all processors together have spent, and spent working, in units that cancel out. */
export function cpuTimes(cpus: readonly CpuInfo[]): { readonly busy: number; readonly total: number } {
  let busy = 0
  let total = 0
  for (const { times } of cpus) {
    const working = times.user + times.nice + times.sys + times.irq
    busy += working
    total += working + times.idle
  }
  return { busy, total }
}

/** Sectors of whole disks: partitions would count twice, and so would devices that stand on others. */
export function diskSectors(diskstats: string | null): { readonly read: number; readonly written: number } | null {
  if (diskstats === null) return null
  let found = false
  let read = 0
  let written = 0
  for (const line of diskstats.split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (!/^(sd[a-z]+|vd[a-z]+|xvd[a-z]+|hd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(fields[2] ?? '')) continue
    found = true
    read += Number(fields[5])
    written += Number(fields[9])
  }
  return found ? { read, written } : null
}

/** Bytes over all interfaces but the loopback. */
export function networkBytes(netDev: string | null): { readonly received: number; readonly sent: number } | null {
  if (netDev === null) return null
  let received = 0
  let sent = 0
  for (const line of netDev.split('\n')) {
    const [name, counters] = line.split(':')
    if (counters === undefined || name?.trim() === 'lo') continue
    const fields = counters.trim().split(/\s+/)
    received += Number(fields[0])
    sent += Number(fields[8])
  }
  return { received, sent }
}
