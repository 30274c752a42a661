import { kindNames } from '@quarterdeck/domain'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.tuple([z.enum(['same', 'begun']), z.string(), z.coerce.number(), z.number(), z.string()])

export const helloScript = defineScript(new URL('./hello.lua', import.meta.url), {
  keyCount: 4,
  variadic: true,
  replySchema,
})

type HelloRequest = { readonly freshId: string; readonly meta: string; readonly jump: number }

/** Tells the history of the server at the other end, and begins one when that server is not the one that was written down. */
export async function hello(send: Send, keys: Keys, { freshId, meta, jump }: HelloRequest) {
  const objectKeys = kindNames.map(keys.objects)
  const [status, historyId, revision, empty, info] = await helloScript.run(
    send,
    [keys.history, keys.revision, keys.feed, ...objectKeys],
    [freshId, meta, jump],
  )
  return { begun: status === 'begun', historyId, revision, empty: empty === 1, info }
}
