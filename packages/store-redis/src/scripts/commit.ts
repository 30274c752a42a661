import { type Kind, kinds, limits } from '@quarterdeck/domain'
import type { Change, Commit, CommitReply } from '@quarterdeck/store'
import { z } from 'zod'
import { defineScript } from '../define-script.ts'
import type { Keys } from '../keys.ts'
import type { Send } from '../link/send.ts'

const replySchema = z.array(
  z.union([
    z.tuple([z.literal('committed'), z.coerce.number()]),
    z.tuple([z.literal('history'), z.string()]),
    z.tuple([z.literal('fenced'), z.coerce.number()]),
    z.tuple([z.literal('conflict'), z.string(), z.string(), z.coerce.number()]),
  ]),
)

const file = new URL('./commit.lua', import.meta.url)
export const commitScript = defineScript(file, { keyCount: 6, variadic: true, replySchema })
/** The same, also when Redis is out of memory: for what ends or removes work. */
export const essentialCommitScript = defineScript(file, {
  keyCount: 6,
  variadic: true,
  replySchema,
  addFlag: 'allow-oom',
})

/** Carries out the commits in order. They must have passed `validateCommits`. */
export async function commit(send: Send, keys: Keys, commits: readonly Commit[]): Promise<readonly CommitReply[]> {
  const kindNumbers = numberKinds(commits)
  const args: (string | number)[] = [limits.auditEntriesKept, kindNumbers.size, ...kindNumbers.keys()]
  for (const { historyId, fence, meta, changes, checks = [] } of commits) {
    args.push(historyId, fence?.epoch ?? '', fence?.nonce ?? '', JSON.stringify(meta), meta.audit ? 1 : '')
    args.push(checks.length + changes.length)
    for (const { kind, id, expect } of checks) args.push('k', kindNumbers.get(kind) ?? 0, id, expect, '')
    for (const change of changes) pushChange(args, change, kindNumbers.get(change.kind) ?? 0)
  }
  const script = commits.every(({ essential }) => essential) ? essentialCommitScript : commitScript
  const { history, revision, lease, feed, audit } = keys
  const objectKeys = [...kindNumbers.keys()].map(keys.objects)
  const replies = await script.run(send, [history, revision, lease, feed, audit, ...objectKeys], args)
  return replies.map(asCommitReply)
}

/** From 1, as Lua counts. */
function numberKinds(commits: readonly Commit[]): ReadonlyMap<Kind, number> {
  const numbers = new Map<Kind, number>()
  for (const { changes, checks = [] } of commits) {
    for (const { kind } of [...checks, ...changes]) if (!numbers.has(kind)) numbers.set(kind, numbers.size + 1)
  }
  return numbers
}

function pushChange(args: (string | number)[], change: Change, kindNumber: number) {
  const { kind, id, expect } = change
  const op = change.op === 'delete' ? 'd' : kinds[kind].cold ? 'c' : 'p'
  args.push(op, kindNumber, id, expect === 'any' ? '*' : expect, change.op === 'put' ? change.text : '')
}

function asCommitReply(reply: z.infer<typeof replySchema>[number]): CommitReply {
  switch (reply[0]) {
    case 'committed':
      return { status: 'committed', revision: reply[1] }
    case 'history':
      return { status: 'history', historyId: reply[1] }
    case 'fenced':
      return { status: 'fenced', epoch: reply[1] }
    case 'conflict':
      return { status: 'conflict', kind: reply[1] as Kind, id: reply[2], revision: reply[3] }
    default:
      return reply satisfies never
  }
}
