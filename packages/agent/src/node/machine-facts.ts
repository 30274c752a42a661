import { readFileSync } from 'node:fs'
import os from 'node:os'
import type { UnixMs } from '@quarterdeck/domain'
import { bootId } from '../drivers/exec/process-table.ts'
import type { NodeDescription } from '../session/agent.ts'

export const agentVersion = '0.1.0'

/** What this machine and this process are. */
export function machineFacts(startedAtMs: UnixMs, canHostController: boolean): NodeDescription['facts'] {
  const cpus = os.cpus()
  return {
    hostname: os.hostname().slice(0, 255),
    os: `${distribution() ?? os.type()} (${os.type()} ${os.release()})`.slice(0, 128),
    arch: os.arch(),
    cpuModel: (cpus[0]?.model ?? 'unknown').trim().slice(0, 128),
    cpuCount: Math.max(1, cpus.length),
    agentVersion,
    nodeVersion: process.version,
    pid: process.pid,
    bootId: bootId(),
    startedAtMs,
    addresses: addresses(),
    canHostController,
  }
}

function distribution(): string | null {
  try {
    return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? null
  } catch {
    return null
  }
}

function addresses(): string[] {
  return Object.values(os.networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .slice(0, 16)
}
