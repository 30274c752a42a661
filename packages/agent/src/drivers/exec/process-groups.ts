import type { ExecLimits, NodeFacts, Usage } from '@quarterdeck/domain'

/**
 * Holds all processes of an attempt together: bounds them, counts what they use, and ends them all. One group per attempt, by name.
 * Implementations: cgroup v2, cgroup v1, and plain processes where there is neither.
 */
export type ProcessGroups = {
  readonly isolation: NodeFacts['isolation']
  /** Makes the group and sets its bounds. A second call changes nothing. */
  create(name: string, limits: ExecLimits): Promise<void>
  /** Files into which a process writes its own pid to enter the group, before it becomes the task. */
  entrances(name: string): readonly string[]
  /** Pids that are in the group now. */
  members(name: string, markers: ProcessMarkers): Promise<number[]>
  /** Kills everything in it, those included that fled into another session; settles when it is empty. */
  kill(name: string, markers: ProcessMarkers): Promise<void>
  usage(name: string): Promise<GroupUsage>
  /** Deletes the group; it must be empty. A second call finds nothing. */
  remove(name: string): Promise<void>
  /** Names of the groups that are there, those of earlier lives of the keeper included. */
  list(): Promise<string[]>
  /** Deletes the folder that holds the groups, if none is left. */
  close(): Promise<void>
}

/** How processes of an attempt are known where the kernel keeps no group: by their session, and by what stands in their environment. */
export type ProcessMarkers = { readonly pid: number | null; readonly environment: readonly string[] }

export type GroupUsage = Usage & { readonly killedForMemory: boolean }

export const unknownUsage: GroupUsage = { cpuMs: null, memoryBytesMax: null, killedForMemory: false }
