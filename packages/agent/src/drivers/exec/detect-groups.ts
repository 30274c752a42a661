import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rmdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Platform } from '@quarterdeck/platform'
import { cgroupV1 } from './cgroup-v1.ts'
import { cgroupV2 } from './cgroup-v2.ts'
import { findProgram } from './find-program.ts'
import { plainProcesses } from './plain-processes.ts'
import type { ProcessGroups } from './process-groups.ts'

/** The best way of holding processes together that this machine lets this agent use: tried, not assumed. */
export async function detectGroups({
  root,
  parent,
  platform,
}: {
  readonly root: string
  readonly parent: string
  readonly platform: Platform
}): Promise<ProcessGroups> {
  if (await hasV2(root, parent)) return cgroupV2({ root, parent, platform })
  if (await hasV1(root, parent)) return cgroupV1({ root, parent, platform })
  return plainProcesses(platform, findProgram('prlimit', process.env.PATH) ? 'rlimit' : 'none')
}

async function hasV2(root: string, parent: string): Promise<boolean> {
  const offered = read(path.join(root, 'cgroup.controllers')).trim().split(' ')
  if (!['cpu', 'memory', 'pids'].every((controller) => offered.includes(controller))) return false
  const folder = path.join(root, parent)
  try {
    await mkdir(folder, { recursive: true })
    for (let at = root, rest = parent.split('/'); ; at = path.join(at, rest[0] ?? ''), rest = rest.slice(1)) {
      await writeFile(path.join(at, 'cgroup.subtree_control'), '+cpu +memory +pids')
      if (rest.length === 0) break
    }
    return true
  } catch {
    return false
  }
}

async function hasV1(root: string, parent: string): Promise<boolean> {
  for (const controller of ['freezer', 'cpu', 'cpuacct', 'memory', 'pids']) {
    const probe = path.join(root, controller, parent, 'probe')
    if (!existsSync(path.join(root, controller, 'cgroup.procs'))) return false
    try {
      await mkdir(probe, { recursive: true })
      await rmdir(probe)
    } catch {
      return false
    }
  }
  return true
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
