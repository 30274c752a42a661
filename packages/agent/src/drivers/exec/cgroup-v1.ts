import { existsSync } from 'node:fs'
import path from 'node:path'
import type { ExecLimits } from '@quarterdeck/domain'
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

const controllers = ['freezer', 'cpu', 'cpuacct', 'memory', 'pids'] as const
const cpuPeriodUs = 100_000

/**
 * cgroup v1, where each controller has a tree of its own. The freezer is what makes a stop sure: frozen processes cannot fork away
 * between being listed and being killed.
 *
 * @param root where the trees are mounted, usually /sys/fs/cgroup
 * @param parent folder under each tree in which groups are made
 */
export function cgroupV1({
  root,
  parent,
  platform,
}: {
  readonly root: string
  readonly parent: string
  readonly platform: Platform
}): ProcessGroups {
  const folder = (controller: (typeof controllers)[number], name: string) => path.join(root, controller, parent, name)

  return {
    isolation: 'cgroup-v1',

    async create(name, limits) {
      for (const controller of controllers) await makeFolder(folder(controller, name))
      await setLimits(limits)

      async function setLimits({ cpuMillis, memoryBytes, processes }: ExecLimits) {
        if (cpuMillis !== undefined) {
          await write(path.join(folder('cpu', name), 'cpu.cfs_period_us'), cpuPeriodUs)
          await write(
            path.join(folder('cpu', name), 'cpu.cfs_quota_us'),
            Math.max(1_000, Math.round((cpuMillis * cpuPeriodUs) / 1_000)),
          )
        }
        if (memoryBytes !== undefined) {
          await write(path.join(folder('memory', name), 'memory.limit_in_bytes'), memoryBytes)
          const withSwap = path.join(folder('memory', name), 'memory.memsw.limit_in_bytes')
          if (existsSync(withSwap)) await write(withSwap, memoryBytes)
        }
        if (processes !== undefined) await write(path.join(folder('pids', name), 'pids.max'), processes)
      }
    },

    entrances: (name) => controllers.map((controller) => path.join(folder(controller, name), 'cgroup.procs')),

    members: (name) => readPids(path.join(folder('freezer', name), 'cgroup.procs')),

    async kill(name) {
      const freezer = folder('freezer', name)
      const members = () => readPids(path.join(freezer, 'cgroup.procs'))
      const setState = (state: 'FROZEN' | 'THAWED') => write(path.join(freezer, 'freezer.state'), state).catch(() => {})
      await until(
        platform,
        async () => (await members()).length === 0,
        async () => {
          await setState('FROZEN')
          for (const pid of await members()) signal(pid, 'SIGKILL')
          // A frozen process dies when it thaws.
          await setState('THAWED')
        },
      )
    },

    async usage(name) {
      if (!existsSync(folder('cpuacct', name))) return unknownUsage
      const cpuNs = await readNumber(path.join(folder('cpuacct', name), 'cpuacct.usage'))
      return {
        cpuMs: cpuNs === null ? null : Math.round(cpuNs / 1_000_000),
        memoryBytesMax: await readNumber(path.join(folder('memory', name), 'memory.max_usage_in_bytes')),
        killedForMemory:
          ((await readField(path.join(folder('memory', name), 'memory.oom_control'), 'oom_kill')) ?? 0) > 0,
      }
    },

    async remove(name) {
      for (const controller of controllers) await removeGroup(folder(controller, name), platform)
    },

    list: () => listGroups(folder('freezer', '')),

    async close() {
      for (const controller of controllers) await removeGroup(folder(controller, ''), platform)
    },
  }
}
