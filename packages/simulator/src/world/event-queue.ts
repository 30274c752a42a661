/** Something to do at a moment of virtual time. */
export type QueuedEvent = { readonly atMs: number; readonly seq: number; readonly act: () => void; cancelled: boolean }

/** Binary heap of events, earliest first; of two at one moment the one that was added first. */
export type EventQueue = {
  add(atMs: number, act: () => void): QueuedEvent
  /** Removes and returns the earliest event that was not cancelled; undefined when there is none until `untilMs`. */
  take(untilMs: number): QueuedEvent | undefined
  readonly size: number
}

export function createEventQueue(): EventQueue {
  const heap: QueuedEvent[] = []
  let seq = 0

  return {
    add(atMs, act) {
      seq += 1
      const event = { atMs, seq, act, cancelled: false }
      heap.push(event)
      siftUp(heap, heap.length - 1)
      return event
    },
    take(untilMs) {
      for (;;) {
        const first = heap[0]
        if (!first || (!first.cancelled && first.atMs > untilMs)) return undefined
        removeFirst(heap)
        if (!first.cancelled) return first
      }
    },
    get size() {
      return heap.length
    },
  }
}

function isBefore(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq)
}

function siftUp(heap: QueuedEvent[], from: number) {
  let index = from
  const event = heap[index]
  if (!event) return
  while (index > 0) {
    const parentIndex = (index - 1) >> 1
    const parent = heap[parentIndex]
    if (!parent || !isBefore(event, parent)) break
    heap[index] = parent
    index = parentIndex
  }
  heap[index] = event
}

function removeFirst(heap: QueuedEvent[]) {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let index = 0
  for (;;) {
    const left = heap[2 * index + 1]
    const right = heap[2 * index + 2]
    const child = right && left && isBefore(right, left) ? right : left
    if (!child || !isBefore(child, last)) break
    heap[index] = child
    index = child === left ? 2 * index + 1 : 2 * index + 2
  }
  heap[index] = last
}
