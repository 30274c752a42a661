import type { LossPlan } from './survival.ts'

export const previewedActs = ['cordon', 'remove', 'promote', 'demote'] as const
export type PreviewedAct = (typeof previewedActs)[number]

/** What the nodes that take new work have free together; amounts as reserved, not as measured. */
export type Room = {
  readonly nodes: number
  readonly cpuMillisFree: number
  readonly memoryBytesFree: number
  readonly taskSlotsFree: number
  /** The most that one task could ask for and still find a node, each by itself. */
  readonly cpuMillisLargest: number
  readonly memoryBytesLargest: number
}

/** What an act on nodes would do, before it is confirmed. A question: nothing is kept or changed. */
export type ActPreview = {
  readonly act: PreviewedAct
  readonly nodeIds: readonly string[]
  readonly computedAtMs: number
  /** What a person should read, worst first. */
  readonly sentences: readonly { readonly tone: 'info' | 'warn'; readonly text: string }[]
  /** Capacity before and after; null for an act that leaves it as it is. */
  readonly room: { readonly before: Room; readonly after: Room } | null
  /** Live controllers before and after; null for an act that leaves them as they are. All but one can be lost while the store lives. */
  readonly controllers: { readonly before: number; readonly after: number } | null
  /** What becomes of the tasks of nodes that are removed; null for the other acts. */
  readonly loss: LossPlan | null
}
