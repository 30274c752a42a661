export type SendOptions = {
  /** Longest wait for this reply; the connection's own otherwise. */
  readonly timeoutMs?: number
  /** Whether this command may have changed something when its reply is lost; the connection's own otherwise. */
  readonly writes?: boolean
}

/** Sends one command on one connection. Rejects with Redis's own error only for what `translateError` lets through. */
export type Send = (command: readonly string[], options?: SendOptions) => Promise<unknown>
