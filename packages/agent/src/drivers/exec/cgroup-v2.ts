import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Platform } from '@quarterdeck/platform'
import {
  listGroups,
  makeFolder,
  readField,
  readNumber,
  readPids,
  removeGroup,
  signal,
  until,
  write,
} from './cgroup-files.ts'
import { type ProcessGroups, unknownUsage } from './process-groups.ts'

const cpuPeriodUs = 100_000

/** cgroup v2: one tree, and since Linux 5.14 one file that kills a whole group at once. */
export function cgroupV2({
  root,
  parent,
  platform,
}: {
  readonly root: string
  readonly parent: string
  readonly platform: Platform
}): ProcessGroups {
  const folder = (name: string) => path.join(root, parent, name)
  const file = (name: string, of: string) => path.join(folder(name), of)

  return {
    isolation: 'cgroup-v2',

    async create(name, { cpuMillis, memoryBytes, processes }) {
      await makeFolder(folder(name))
      if (cpuMillis !== undefined) {
        const quotaUs = Math.max(1_000, Math.round((cpuMillis * cpuPeriodUs) / 1_000))
        await write(file(name, 'cpu.max'), `${quotaUs} ${cpuPeriodUs}`)
      }
      if (memoryBytes !== undefined) {
        await write(file(name, 'memory.max'), memoryBytes)
        if (existsSync(file(name, 'memory.swap.max'))) await write(file(name, 'memory.swap.max'), 0)
      }
      if (processes !== undefined) await write(file(name, 'pids.max'), processes)
    },

    entrances: (name) => [file(name, 'cgroup.procs')],

    members: (name) => readPids(file(name, 'cgroup.procs')),

    async kill(name) {
      const members = () => readPids(file(name, 'cgroup.procs'))
      await until(
        platform,
        async () => (await members()).length === 0,
        async () => {
          if (existsSync(file(name, 'cgroup.kill'))) return write(file(name, 'cgroup.kill'), 1)
          for (const pid of await members()) signal(pid, 'SIGKILL')
        },
      )
    },

    async usage(name) {
      if (!existsSync(folder(name))) return unknownUsage
      const cpuUs = await readField(file(name, 'cpu.stat'), 'usage_usec')
      return {
        cpuMs: cpuUs === null ? null : Math.round(cpuUs / 1_000),
        memoryBytesMax: await readNumber(file(name, 'memory.peak')),
        killedForMemory: ((await readField(file(name, 'memory.events'), 'oom_kill')) ?? 0) > 0,
      }
    },

    remove: (name) => removeGroup(folder(name), platform),

    list: () => listGroups(folder('')),

    close: () => removeGroup(folder(''), platform),
  }
}
