/** One end of Node's pipe between a process and its child: `process` in the child, the `ChildProcess` in the parent. */
type PipeEnd = {
  readonly connected: boolean
  readonly on: (event: 'message', listener: (message: unknown) => void) => unknown
  readonly send?: (message: unknown[], onSent: (cause: Error | null) => void) => boolean
}

/**
 * Messages between two processes, sent together once per turn of the loop: at thousands of messages a second one write per message
 * would cost more than the work. Order is kept. What is sent after the other side has gone is lost, and its exit says so.
 */
export class BatchChannel<Out, In> {
  readonly #end: PipeEnd
  #batch: Out[] = []

  constructor(end: PipeEnd, onMessage: (message: In) => void) {
    this.#end = end
    end.on('message', (batch: unknown) => {
      for (const message of batch as In[]) onMessage(message)
    })
  }

  send(message: Out): void {
    this.#batch.push(message)
    if (this.#batch.length > 1) return
    setImmediate(() => {
      const batch = this.#batch
      this.#batch = []
      if (this.#end.connected) this.#end.send?.(batch, () => {})
    })
  }
}
