import type { Platform } from '@quarterdeck/platform'
import { signal, until } from './cgroup-files.ts'
import { type ProcessGroups, type ProcessMarkers, unknownUsage } from './process-groups.ts'
import { hasEnvironment, listProcesses } from './process-table.ts'

/**
 * No cgroups: processes are bounded by rlimits alone, and found by their session and by the attempt's variables in their environment.
 * A process that leaves the session and empties its environment escapes; nodes that run work of strangers need cgroups.
 */
export function plainProcesses(platform: Platform, isolation: 'rlimit' | 'none'): ProcessGroups {
  return {
    isolation,
    async create() {},
    entrances: () => [],
    async members(_name, markers) {
      return find(markers)
    },
    async kill(_name, markers) {
      // Where there is no /proc the process group is all that can be named.
      if (markers.pid !== null) signal(-markers.pid, 'SIGKILL')
      await until(
        platform,
        async () => find(markers).length === 0,
        async () => {
          for (const pid of find(markers)) signal(pid, 'SIGKILL')
        },
      )
    },
    async usage() {
      return unknownUsage
    },
    async remove() {},
    async list() {
      return []
    },
    async close() {},
  }
}

function find({ pid, environment }: ProcessMarkers): number[] {
  return listProcesses()
    .filter(
      (entry) =>
        entry.state !== 'Z' &&
        (entry.sessionId === pid || entry.groupId === pid || hasEnvironment(entry.pid, environment)),
    )
    .map((entry) => entry.pid)
}
