import type { Broadcast } from './broadcast.ts'
import type { Node } from './node.ts'
import { isGone } from './node-states.ts'
import type { Operation } from './operation.ts'
import { type Role, roleAllows } from './roles.ts'
import type { Schedule } from './schedule.ts'
import type { Service } from './service.ts'
import type { Task } from './task.ts'
import { isTerminal } from './task-states.ts'

/** `null` = allowed; else the sentence that says why not. The server refuses with it and the dashboard shows it on the disabled button. */
export type Refusal = string | null

function needs(role: Role, have: Role): Refusal {
  return roleAllows(have, role) ? null : `Needs the ${role} role.`
}

type NodeFor = Pick<Node, 'id' | 'health' | 'scheduling' | 'desiredRole' | 'facts'>

export const nodeCan = {
  cordon: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ??
    (node.health === 'left' ? `${node.id} has left the cluster.` : null) ??
    (node.scheduling === 'open' ? null : `${node.id} is already ${node.scheduling}.`),

  uncordon: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ??
    (node.scheduling === 'draining' ? `${node.id} is draining. Stop the drain first.` : null) ??
    (node.scheduling === 'open' ? `${node.id} is not cordoned.` : null),

  drain: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ??
    (node.health === 'left' ? `${node.id} has left the cluster.` : null) ??
    (node.scheduling === 'draining' ? `${node.id} is already draining.` : null) ??
    (node.scheduling === 'drained' ? `${node.id} is already drained.` : null),

  stopDrain: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ?? (node.scheduling === 'draining' ? null : `${node.id} is not draining.`),

  place: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ?? (node.health === 'left' ? `${node.id} has left the cluster.` : null),

  promote: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ??
    (node.desiredRole === 'standby' ? `${node.id} already hosts a controller.` : null) ??
    (node.health === 'ready' ? null : `${node.id} is ${node.health}; only a ready node can be promoted.`) ??
    (node.facts.canHostController
      ? null
      : `The agent on ${node.id} may not start a controller (QD_ALLOW_CONTROLLER is off there).`),

  demote: (node: NodeFor, role: Role): Refusal =>
    needs('operator', role) ?? (node.desiredRole === 'standby' ? null : `${node.id} hosts no controller.`),

  remove: (node: NodeFor, role: Role): Refusal =>
    needs('admin', role) ??
    (isGone(node.health) || node.scheduling === 'drained'
      ? null
      : `${node.id} still works. Drain it first, or wait until it is down.`),
} as const

export const taskCan = {
  cancel: (task: Pick<Task, 'id' | 'state' | 'stop'>, role: Role): Refusal =>
    needs('operator', role) ??
    (isTerminal(task.state) ? `Task ${task.id} has already ended (${task.state}).` : null) ??
    (task.stop?.becomes === 'cancelled' ? `Cancelling task ${task.id} was already requested.` : null),

  rerun: (task: Pick<Task, 'id' | 'state'>, role: Role): Refusal =>
    needs('operator', role) ?? (isTerminal(task.state) ? null : `Task ${task.id} is still ${task.state}.`),

  closeUnknown: (task: Pick<Task, 'id' | 'state'>, role: Role): Refusal =>
    needs('operator', role) ?? (task.state === 'unknown' ? null : `Task ${task.id} is ${task.state}, not unknown.`),
} as const

export const scheduleCan = {
  apply: (role: Role): Refusal => needs('operator', role),
  run: (role: Role): Refusal => needs('operator', role),
  pause: (schedule: Pick<Schedule, 'id' | 'paused'>, role: Role): Refusal =>
    needs('operator', role) ?? (schedule.paused ? `${schedule.id} is already paused.` : null),
  resume: (schedule: Pick<Schedule, 'id' | 'paused'>, role: Role): Refusal =>
    needs('operator', role) ?? (schedule.paused ? null : `${schedule.id} is not paused.`),
  remove: (role: Role): Refusal => needs('operator', role),
} as const

export const broadcastCan = {
  cancel: (broadcast: Pick<Broadcast, 'id' | 'state' | 'cancel'>, role: Role): Refusal =>
    needs('operator', role) ??
    (broadcast.state === 'running' ? null : `Broadcast ${broadcast.id} has already ended (${broadcast.state}).`) ??
    (broadcast.cancel ? `Cancelling broadcast ${broadcast.id} was already requested.` : null),
} as const

type ServiceFor = Pick<Service, 'id' | 'mode' | 'desired' | 'rollout' | 'autoscale'>

const isLeaving = ({ id, desired }: ServiceFor): Refusal =>
  desired === 'removed' ? `Service ${id} is being removed.` : null

export const serviceCan = {
  change: (service: ServiceFor, role: Role): Refusal => needs('operator', role) ?? isLeaving(service),

  scale: (service: ServiceFor, role: Role): Refusal =>
    needs('operator', role) ??
    isLeaving(service) ??
    (service.mode === 'system' ? `${service.id} is a system service: it runs once on every matching node.` : null) ??
    (service.autoscale
      ? `${service.id} is autoscaled from ${service.autoscale.min} to ${service.autoscale.max} replicas. Change these bounds, or switch autoscaling off first.`
      : null),

  autoscale: (service: ServiceFor, role: Role): Refusal =>
    needs('operator', role) ??
    isLeaving(service) ??
    (service.mode === 'system' ? `${service.id} is a system service: it runs once on every matching node.` : null),

  pauseUpdate: (service: ServiceFor, role: Role): Refusal =>
    needs('operator', role) ??
    isLeaving(service) ??
    (service.rollout?.state === 'running' ? null : `No update of ${service.id} is going on.`),

  resumeUpdate: (service: ServiceFor, role: Role): Refusal =>
    needs('operator', role) ??
    isLeaving(service) ??
    (service.rollout?.state === 'paused' ? null : `No update of ${service.id} is paused.`),

  remove: (service: ServiceFor, role: Role): Refusal => needs('operator', role) ?? isLeaving(service),
} as const

/** Acts on the cluster as a whole. */
export const clusterCan = {
  dispatch: (role: Role): Refusal => needs('operator', role),
  transferLeadership: (role: Role): Refusal => needs('operator', role),
  rebalance: (role: Role): Refusal => needs('operator', role),
  stopOperation: ({ id, kind, state }: Pick<Operation, 'id' | 'kind' | 'state'>, role: Role): Refusal =>
    needs('operator', role) ??
    (state === 'running' ? null : `Operation ${id} has already ended (${state}).`) ??
    (kind === 'drain' || kind === 'rebalance' ? null : `Operation ${id} (${kind}) cannot be stopped.`),
  releaseBrake: (role: Role): Refusal => needs('admin', role),
  changeSettings: (role: Role): Refusal => needs('admin', role),
  manageAccess: (role: Role): Refusal => needs('admin', role),
} as const
