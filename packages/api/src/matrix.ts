/** Everybody who can turn up at the API. `expired`: shows a session or token that does not hold any more. */
export const callers = ['nobody', 'expired', 'viewer', 'operator', 'admin', 'agent'] as const
export type CallerKind = (typeof callers)[number]

const people = ['nobody', 'expired', 'viewer', 'operator', 'admin'] as const
const viewers = ['viewer', 'operator', 'admin'] as const
const operators = ['operator', 'admin'] as const
const admins = ['admin'] as const
const agents = ['agent'] as const

/**
 * Who may call what, written by hand beside the code that enforces it. A procedure without a line here fails the test, and so does a
 * line that the code does not keep: to open a procedure to more callers, two places must say so.
 */
export const matrix: Readonly<Record<string, readonly CallerKind[]>> = {
  'agents.join': people,
  'agents.register': agents,
  'agents.beat': agents,
  'agents.report': agents,
  'agents.logs': agents,
  'agents.goodbye': agents,
  'agents.commands': agents,

  'auth.state': people,
  'auth.setUp': people,
  'auth.signIn': people,
  'auth.signOut': viewers,
  'auth.me': viewers,
  'auth.changePassword': viewers,
  'auth.tickets': viewers,

  'broadcasts.preview': operators,
  'broadcasts.submit': operators,
  'broadcasts.list': viewers,
  'broadcasts.get': viewers,
  'broadcasts.cancel': operators,

  'cluster.summary': viewers,
  'cluster.survivability': viewers,
  'cluster.rebalanceAdvice': viewers,
  'cluster.rebalance': operators,
  'cluster.settings': viewers,
  'cluster.updateSettings': admins,
  'cluster.strategies': viewers,
  'cluster.stream': viewers,

  'controlPlane.view': viewers,
  'controlPlane.transfer': operators,
  'controlPlane.releaseBrake': admins,

  'events.list': viewers,
  'events.audit': admins,

  'faults.breakers': viewers,
  'faults.closeBreaker': operators,
  'faults.cordonSuggestions': viewers,
  'faults.failback': viewers,
  'faults.setFailbackPaused': operators,
  'jobTemplates.list': viewers,
  'jobTemplates.get': viewers,
  'jobTemplates.plan': operators,
  'jobTemplates.save': operators,
  'jobTemplates.preview': operators,
  'jobTemplates.run': operators,
  'jobTemplates.remove': operators,

  'nodes.list': viewers,
  'nodes.get': viewers,
  'nodes.history': viewers,
  'nodes.cordon': operators,
  'nodes.uncordon': operators,
  'nodes.previewDrain': operators,
  'nodes.previewLoss': viewers,
  'nodes.previewAct': viewers,
  'nodes.drain': operators,
  'nodes.stopDrain': operators,
  'nodes.remove': admins,
  'nodes.promote': operators,
  'nodes.demote': operators,
  'nodes.setLabels': operators,
  'nodes.previewTaints': viewers,
  'nodes.setPlacing': operators,

  'operations.list': viewers,
  'operations.get': viewers,
  'operations.stop': operators,
  'operations.sharePlan': operators,

  'pools.list': viewers,
  'pools.setScaler': admins,
  'pools.removeScaler': admins,

  'services.list': viewers,
  'services.get': viewers,
  'services.plan': operators,
  'services.save': operators,
  'services.scale': operators,
  'services.preview': operators,
  'services.carryOut': operators,
  'services.autoscale': operators,
  'services.tellMetric': operators,
  'services.rollback': operators,
  'services.pauseUpdate': operators,
  'services.resumeUpdate': operators,
  'services.remove': operators,

  'schedules.list': viewers,
  'schedules.get': viewers,
  'schedules.preview': viewers,
  'schedules.save': operators,
  'schedules.run': operators,
  'schedules.pause': operators,
  'schedules.resume': operators,
  'schedules.remove': operators,

  'tasks.submit': operators,
  'tasks.submitMany': operators,
  'tasks.run': operators,
  'tasks.wait': viewers,
  'tasks.finished': operators,
  'tasks.preview': operators,
  'tasks.plan': operators,
  'tasks.getPlan': operators,
  'tasks.confirm': operators,
  'tasks.explain': viewers,
  'tasks.explainNew': operators,
  'tasks.list': viewers,
  'tasks.get': viewers,
  'tasks.cancel': operators,
  'tasks.rerun': operators,
  'tasks.closeUnknown': operators,
  'tasks.deadLetters': viewers,
  'tasks.replay': operators,
  'tasks.watch': viewers,
  'tasks.logs': viewers,

  'tokens.listJoin': admins,
  'tokens.createJoin': admins,
  'tokens.revokeJoin': admins,
  'tokens.listApi': admins,
  'tokens.createApi': admins,
  'tokens.revokeApi': admins,

  'users.list': admins,
  'users.create': admins,
  'users.update': admins,
  'users.remove': admins,

  'workflows.list': viewers,
  'workflows.get': viewers,
  'workflows.plan': operators,
  'workflows.save': operators,
  'workflows.start': operators,
  'workflows.runs': viewers,
  'workflows.run': viewers,
  'workflows.cancel': operators,
  'workflows.retry': operators,
  'workflows.remove': operators,
}
