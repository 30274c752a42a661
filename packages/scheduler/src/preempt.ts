import { isPlaced, type NodeId, type Task, type TaskId } from '@quarterdeck/domain'
import { type Accounts, at } from './accounts.ts'
import type { ClusterSnapshot } from './cluster-snapshot.ts'
import { fitDevices } from './devices.ts'
import type { Filter } from './filter.ts'
import { devices } from './filters/devices.ts'
import { ports } from './filters/ports.ts'
import { filters } from './filters/registry.ts'
import { resources } from './filters/resources.ts'
import type { NodeEntry } from './node-entry.ts'
import type { Pending, PlanContext } from './plan-types.ts'
import { type Request, requestOf } from './request.ts'

/** A task that takes another's place is at least so much more important; the same distance as in Nomad. */
export const PREEMPTION_DISTANCE = 10

/** Which tasks to stop on which node so that one that fits nowhere fits there. */
export type Preemption = {
  readonly nodeId: NodeId
  /** Least important first. */
  readonly victims: readonly TaskId[]
  /** The GPUs that it will get there. */
  readonly gpus: readonly number[]
  /** One sentence. */
  readonly because: string
}

/** What stopping alone can change of a node. */
const ofRoom: readonly Filter[] = [resources, devices, ports]

/**
 * The cheapest way to make room by stopping less important tasks; null when there is none. Cheapest: the most important victim matters
 * least, then as few of them as possible, then as little of their work lost as possible.
 *
 * Only tasks of at least `PREEMPTION_DISTANCE` less priority are stopped, never system tasks, never one that must not run twice. What is
 * being stopped already counts as gone. Reads the snapshot and changes nothing.
 */
export function preempt(
  snapshot: ClusterSnapshot,
  pending: Pending,
  context: PlanContext,
  taskOf: (id: TaskId) => Task | undefined,
): Preemption | null {
  const request = requestOf(pending, context, snapshot)
  const others = filters.filter((filter) => !ofRoom.includes(filter) && filter.reach(request) !== 'nothing')
  const accounts = snapshot.accounts.fork()
  let best: (Room & { readonly entry: NodeEntry }) | null = null
  for (const entry of snapshot.entries()) {
    const [stoppable, leaving] = holdersOf(snapshot, entry, request, taskOf)
    if (stoppable.length === 0 || !couldFit(request, entry, accounts, [...stoppable, ...leaving])) continue
    if (others.some((filter) => filter.reject(request, entry, accounts) !== null)) continue
    const room = fewest(request, entry, accounts, stoppable, leaving)
    if (room && (!best || isCheaper(room.victims, best.victims))) best = { entry, ...room }
  }
  if (!best) return null
  const names = best.victims.map(({ name, priority }) => `${name} (priority ${priority})`)
  const listed = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
  return {
    nodeId: best.entry.node.id,
    victims: best.victims.map(({ id }) => id),
    gpus: best.gpus,
    because: `stopping ${listed} makes room on ${best.entry.node.id} for priority ${pending.task.priority}`,
  }
}

/** The tasks of a node that may be stopped for this one, and those that are leaving anyway. */
function holdersOf(
  snapshot: ClusterSnapshot,
  { node }: NodeEntry,
  { task }: Request,
  taskOf: (id: TaskId) => Task | undefined,
): readonly [Task[], Task[]] {
  const stoppable: Task[] = []
  const leaving: Task[] = []
  for (const id of snapshot.tasksOn(node.id)) {
    const held = taskOf(id)
    if (!held || !isPlaced(held.state) || held.id === task.id) continue
    if (held.stop) leaving.push(held)
    else if (mayBeStopped(held) && held.priority + PREEMPTION_DISTANCE <= task.priority) stoppable.push(held)
  }
  return [stoppable.sort(leastLossFirst), leaving]
}

function mayBeStopped({ state, policy, system }: Task): boolean {
  return !system && policy !== 'at-most-once' && (state === 'assigned' || state === 'running')
}

/** Least important first; among equals the one that began last, which loses least. */
function leastLossFirst(left: Task, right: Task): number {
  if (left.priority !== right.priority) return left.priority - right.priority
  const [leftBegan, rightBegan] = [beganMs(left), beganMs(right)]
  return leftBegan === rightBegan ? (left.id < right.id ? -1 : 1) : rightBegan - leftBegan
}

/** A first look by sums, which spares most nodes the second. */
function couldFit(
  { resources: need }: Request,
  { index }: NodeEntry,
  accounts: Accounts,
  gone: readonly Task[],
): boolean {
  const sum = (amount: (task: Task) => number) => gone.reduce((total, task) => total + amount(task), 0)
  return (
    at(accounts.cpuMillisFree, index) + sum(({ resources: { cpuMillis } }) => cpuMillis) >= need.cpuMillis &&
    at(accounts.memoryBytesFree, index) + sum(({ resources: { memoryBytes } }) => memoryBytes) >= need.memoryBytes
  )
}

type Room = { readonly victims: readonly Task[]; readonly gpus: readonly number[] }

/** Takes victims until it fits, then gives back those that it would fit without; null when all of them are not enough. */
function fewest(
  request: Request,
  entry: NodeEntry,
  accounts: Accounts,
  stoppable: readonly Task[],
  leaving: readonly Task[],
): Room | null {
  const { index } = entry
  const release = (task: Task) => accounts.release(index, task.resources, task.gpus, task.ports)
  const reserve = (task: Task) => accounts.reserve(index, task.resources, task.gpus, task.ports)
  const fits = () =>
    ofRoom.every((filter) => filter.reach(request) === 'nothing' || filter.reject(request, entry, accounts) === null)

  for (const task of leaving) release(task)
  const victims: Task[] = []
  for (const task of stoppable) {
    if (fits()) break
    release(task)
    victims.push(task)
  }
  const isEnough = victims.length > 0 && fits()
  const kept = new Set(victims)
  for (const task of isEnough ? [...victims].reverse() : []) {
    reserve(task)
    if (fits()) kept.delete(task)
    else release(task)
  }
  const { gpu } = request.resources
  const gpus = gpu && isEnough ? (fitDevices(accounts.devices.at(index), gpu) ?? []) : []
  // Of those that are not kept, a part was given back above.
  for (const task of isEnough ? [...kept, ...leaving] : [...victims, ...leaving]) reserve(task)
  return isEnough ? { victims: victims.filter((task) => kept.has(task)), gpus } : null
}

function isCheaper(victims: readonly Task[], than: readonly Task[]): boolean {
  const [left, right] = [victims, than].map((tasks) => [
    Math.max(...tasks.map(({ priority }) => priority)),
    tasks.length,
    -tasks.reduce((sum, task) => sum + beganMs(task), 0) / tasks.length,
  ])
  for (const [place, cost] of (left ?? []).entries()) {
    const other = right?.[place] ?? 0
    if (cost !== other) return cost < other
  }
  return false
}

function beganMs({ startedAtMs, sinceMs }: Task): number {
  return startedAtMs ?? sinceMs
}
