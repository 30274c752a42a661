import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import type { Send } from './link/send.ts'
import { replyCode } from './link/translate-error.ts'

/** A Lua file with the declaration that `script-headers.test.ts` compares with its header. */
export type Script<Reply> = {
  readonly file: URL
  /** Keys of the header; `variadic` when the last one stands for any number. */
  readonly keyCount: number
  readonly variadic: boolean
  /** Sends it and checks the reply. `text` goes along once when Redis does not know the script (a restart or failover empties its cache). */
  run(send: Send, keys: readonly string[], args: readonly (string | number)[]): Promise<Reply>
}

type Declaration<Reply> = {
  readonly keyCount: number
  readonly variadic?: boolean
  readonly replySchema: z.ZodType<Reply>
  /** Runs the same text with this flag added to its first line. */
  readonly addFlag?: 'allow-oom'
}

export function defineScript<Reply>(file: URL, declaration: Declaration<Reply>): Script<Reply> {
  const { keyCount, variadic = false, replySchema, addFlag } = declaration
  const source = readFileSync(file, 'utf8')
  const text = addFlag ? source.replace(/^#!lua(?: flags=)?/, (head) => withFlag(head, addFlag)) : source
  const digest = createHash('sha1').update(text).digest('hex')

  return {
    file,
    keyCount,
    variadic,
    async run(send, keys, args) {
      const operands = [String(keys.length), ...keys, ...args.map(String)]
      try {
        return replySchema.parse(await send(['EVALSHA', digest, ...operands]))
      } catch (error) {
        // The refusal says that nothing ran, so that sending again cannot do it twice.
        if (replyCode(error) !== 'NOSCRIPT') throw error
        return replySchema.parse(await send(['EVAL', text, ...operands]))
      }
    },
  }
}

function withFlag(head: string, flag: string): string {
  return head.endsWith('flags=') ? `${head}${flag},` : `${head} flags=${flag}`
}
