/** What goes in and out of a handler. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** What a handler is told, and what it can say, while it runs. */
export type HandlerContext = {
  /** Aborts when the task is cancelled, drained away or out of time. A worker process whose
   * handler goes on is killed after the task's grace, with what runs beside it. */
  readonly signal: AbortSignal
  readonly taskId: string
  /** 1 for the first try. With `taskId` it names this try for ever: use it as a key for work that must not happen twice. */
  readonly attempt: number
  /** Which share of a broadcast this is, `index` from 0 to `total` - 1; null when it is not part of one. */
  readonly shard: { readonly index: number; readonly total: number } | null
  /** The ports that it was given, by the names that the task asked for. */
  readonly ports: Readonly<Record<string, number>>
  /**
   * Says how far it is; shown live. Also proof of life for the progress timeout.
   *
   * @param share 0 to 1, or null when nobody can say
   * @param text at most 200 characters
   */
  progress(share: number | null, text?: string): void
  /** Writes a line into the task's log; `console.log` does as well. */
  log(text: string): void
}

/** Work by name. What it returns is the task's result; what it throws is why the task failed. */
export type Handler = (input: Json, context: HandlerContext) => Json | undefined | Promise<Json | undefined>
export type Handlers = Readonly<Record<string, Handler>>

const NAME = /^[a-z0-9][a-zA-Z0-9._-]{0,62}$/

/**
 * Declares what a module of handlers can do:
 *
 *     export const handlers = defineHandlers({
 *       'send-mail': async (input, { progress, signal }) => …,
 *     })
 *
 * The agent is pointed at the module by `QD_HANDLERS` and runs its handlers side by side in a few worker processes.
 */
export function defineHandlers<Defined extends Handlers>(handlers: Defined): Defined {
  for (const [name, handler] of Object.entries(handlers)) {
    if (!NAME.test(name))
      throw new TypeError(
        `handler name ${JSON.stringify(name)}: must be 1 to 63 letters, digits, . _ - and start with a-z or 0-9`,
      )
    if (typeof handler !== 'function') throw new TypeError(`handler ${name}: must be a function, not ${typeof handler}`)
  }
  return handlers
}
