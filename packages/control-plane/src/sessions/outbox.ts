import type { Command } from '@quarterdeck/domain/wire'

/** Commands on their way to one agent, in order. Bounded in bytes: an agent that does not read is cut off and recovers by level. */
export type Outbox = {
  /** False when it is ended or this command would overfill it; it is ended then. */
  push(command: Command): boolean
  end(): void
  /** Yields until `end` or the signal. One reader. */
  drain(signal: AbortSignal): AsyncGenerator<Command, void>
}

export function createOutbox(bytesMax: number): Outbox {
  const waiting: { readonly command: Command; readonly bytes: number }[] = []
  let bytesWaiting = 0
  let isEnded = false
  let wake: (() => void) | null = null

  function rouse(): void {
    wake?.()
    wake = null
  }

  function end(): void {
    isEnded = true
    rouse()
  }

  return {
    push(command) {
      if (isEnded) return false
      const bytes = JSON.stringify(command).length
      if (bytesWaiting + bytes > bytesMax) {
        end()
        return false
      }
      waiting.push({ command, bytes })
      bytesWaiting += bytes
      rouse()
      return true
    },
    end,
    async *drain(signal) {
      signal.addEventListener('abort', rouse, { once: true })
      while (!isEnded && !signal.aborted) {
        const next = waiting.shift()
        if (next) {
          bytesWaiting -= next.bytes
          yield next.command
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    },
  }
}
