/** Whether one node or one zone could be lost now. */
export type Loss = {
  readonly kind: 'node' | 'zone'
  readonly id: string
  readonly survives: boolean
  /** Tasks that would begin again elsewhere, wait as unknown, or have nowhere to go. */
  readonly move: number
  readonly wait: number
  readonly nowhere: number
  /** First reason why not; null when it survives. */
  readonly because: string | null
}

/** The always-on answer to "what can I lose". Nodes without tasks are not listed: losing them moves nothing. */
export type Survivability = {
  readonly computedAtMs: number
  readonly anyNode: boolean
  readonly anyZone: boolean
  readonly sentence: string
  /** What would not survive first, then what moves most. At most 200 nodes; `nodesChecked` of `nodesTotal` were looked at. */
  readonly nodes: readonly Loss[]
  readonly zones: readonly Loss[]
  readonly nodesChecked: number
  readonly nodesTotal: number
}
