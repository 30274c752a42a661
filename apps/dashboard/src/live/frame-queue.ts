import type { StreamFrame } from '@quarterdeck/domain'

/** A hidden page gets no animation frames; its queue is emptied at this pace instead, so that it cannot grow. */
const HIDDEN_FLUSH_MS = 1_000

/** Collects frames and hands them over once per animation frame: a storm of changes costs one render, not one each. */
export class FrameQueue {
  private waiting: StreamFrame[] = []
  private isScheduled = false
  private readonly take: (frames: readonly StreamFrame[]) => void

  constructor(take: (frames: readonly StreamFrame[]) => void) {
    this.take = take
  }

  push(frame: StreamFrame): void {
    this.waiting.push(frame)
    if (this.isScheduled) return
    this.isScheduled = true
    if (document.hidden) setTimeout(() => this.flush(), HIDDEN_FLUSH_MS)
    else requestAnimationFrame(() => this.flush())
  }

  private flush(): void {
    const frames = this.waiting
    this.waiting = []
    this.isScheduled = false
    this.take(frames)
  }
}
