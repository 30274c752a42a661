import { createInterface } from 'node:readline/promises'
import { readSecret } from './read-secret.ts'

/** The world around one run of the command. */
export type Io = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Whether a person reads the output and can be asked. */
  readonly isInteractive: boolean
  readonly columns: number
  out(text: string): void
  err(text: string): void
  /** Asks on the terminal; the answer without its line end. */
  ask(question: string): Promise<string>
  /** Asks without showing what is typed. */
  askSecret(question: string): Promise<string>
  /** Everything that is piped in. */
  readAll(): Promise<string>
  /** Aborts at Ctrl-C, once somebody has asked for it; before that Ctrl-C ends the process as usual. */
  interrupted(): AbortSignal
}

export function nodeIo(): Io {
  let interruption: AbortController | undefined
  // `qd task logs … | head` closes the pipe early: that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    env: process.env,
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 200,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    async ask(question) {
      const lines = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return (await lines.question(question)).trim()
      } finally {
        lines.close()
      }
    },
    askSecret: readSecret,
    async readAll() {
      let text = ''
      for await (const chunk of process.stdin) text += String(chunk)
      return text
    },
    interrupted() {
      if (!interruption) {
        const controller = new AbortController()
        interruption = controller
        for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
      }
      return interruption.signal
    },
  }
}
