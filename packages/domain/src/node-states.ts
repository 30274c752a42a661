export const nodeHealths = ['joining', 'ready', 'suspect', 'down', 'unknown', 'left'] as const
export type NodeHealth = (typeof nodeHealths)[number]

/** Whether nothing runs there any more as far as the cluster knows: it is down, or it said goodbye. */
export function isGone(health: NodeHealth): boolean {
  return health === 'down' || health === 'left'
}

export const nodeSchedulings = ['open', 'cordoned', 'draining', 'drained'] as const
export type NodeScheduling = (typeof nodeSchedulings)[number]

export const nodeRoles = ['worker', 'standby', 'leader'] as const
export type NodeRole = (typeof nodeRoles)[number]

/** Scheduling changes that are allowed; the same table serves the API, the CLI and the disabled buttons of the dashboard. */
export const schedulingTransitions: Record<NodeScheduling, readonly NodeScheduling[]> = {
  open: ['cordoned', 'draining'],
  cordoned: ['open', 'draining'],
  draining: ['drained', 'cordoned', 'open'],
  drained: ['open', 'cordoned', 'draining'],
}
