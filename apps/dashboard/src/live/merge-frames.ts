import type { StreamFrame } from '@quarterdeck/domain'

/**
 * Frames that wait while a person has paused the page, folded so that an hour of pause costs no more memory than the cluster itself:
 * of each object only the newest row is kept, of each lane of numbers only the last frame.
 */
export class HeldFrames {
  /** Changes of state that wait: what "118 changes waiting" counts. */
  changes = 0
  private order: StreamFrame[] = []
  private rows = new Map<string, StreamFrame>()

  add(frame: StreamFrame): void {
    if (frame.t === 'hello' || frame.t === 'snapshot') {
      // A reset throws away what came before it; only what follows still counts.
      if (frame.t === 'hello' && frame.reset) this.clear()
      this.order.push(frame)
      return
    }
    if (frame.t !== 'state') {
      this.rows.set(frame.t, frame)
      return
    }
    for (const [key, single] of singles(frame)) {
      this.changes++
      this.rows.delete(key)
      this.rows.set(key, single)
    }
  }

  take(): StreamFrame[] {
    const frames = [...this.order, ...this.rows.values()]
    this.clear()
    return frames
  }

  private clear(): void {
    this.order = []
    this.rows.clear()
    this.changes = 0
  }
}

/** One frame per changed object, keyed by the object. */
function* singles(frame: Extract<StreamFrame, { t: 'state' }>): Generator<readonly [string, StreamFrame]> {
  const base = { t: 'state', serverMs: frame.serverMs, revision: frame.revision } as const
  for (const row of frame.nodes ?? []) yield [`node:${row.id}`, { ...base, nodes: [row] }]
  for (const id of frame.nodesGone ?? []) yield [`node:${id}`, { ...base, nodesGone: [id] }]
  for (const row of frame.tasks ?? []) yield [`task:${row.id}`, { ...base, tasks: [row] }]
  for (const id of frame.tasksGone ?? []) yield [`task:${id}`, { ...base, tasksGone: [id] }]
  for (const row of frame.controllers ?? []) yield [`controller:${row.id}`, { ...base, controllers: [row] }]
  for (const row of frame.operations ?? []) yield [`operation:${row.id}`, { ...base, operations: [row] }]
  for (const row of frame.schedules ?? []) yield [`schedule:${row.id}`, { ...base, schedules: [row] }]
  for (const id of frame.schedulesGone ?? []) yield [`schedule:${id}`, { ...base, schedulesGone: [id] }]
  for (const row of frame.services ?? []) yield [`service:${row.id}`, { ...base, services: [row] }]
  for (const id of frame.servicesGone ?? []) yield [`service:${id}`, { ...base, servicesGone: [id] }]
  for (const event of frame.events ?? []) yield [`event:${event.id}`, { ...base, events: [event] }]
  if (frame.counts) yield ['counts', { ...base, counts: frame.counts }]
}
