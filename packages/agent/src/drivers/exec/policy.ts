import { readFileSync } from 'node:fs'
import type { Assignment } from '@quarterdeck/domain/wire'
import { z } from 'zod'
import { findAccount, findAccountByUid } from './accounts.ts'

/**
 * What the owner of a machine allows on it. The control plane cannot widen it, so whoever takes over an admin session does not get more
 * than this on any node.
 */
const policySchema = z.strictObject({
  /** Whether programs may run at all. */
  exec: z.boolean().default(true),
  /** Whether `shell: true` is allowed, which runs any text. */
  shell: z.boolean().default(true),
  /** Users that tasks may run as. Absent: `nobody` when the agent is root, else the agent's own user. */
  users: z.array(z.string()).optional(),
  /** User of a task that names none. Absent: the first of `users`. */
  defaultUser: z.string().optional(),
  /** Absolute paths of programs that may be run, `/bin/sh` for shell scripts among them; absent: any. */
  programs: z.array(z.string().startsWith('/')).optional(),
  /**
   * Variables that a task may set. Absent: any, but none where `programs` is given, since a variable such as `LD_PRELOAD` turns an
   * allowed program into any other.
   */
  variables: z.array(z.string()).optional(),
  /** Upper bounds on what one task may ask for. */
  cpuMillisMax: z.number().int().positive().optional(),
  memoryBytesMax: z.number().int().positive().optional(),
})
export type Policy = z.infer<typeof policySchema> & {
  readonly users: readonly string[]
  readonly defaultUser: string
  readonly ownUser: string
}

/** Reads the policy, or makes the default one. Throws a sentence when the file cannot be used: a broken policy must not read as an open one. */
export function loadPolicy(file: string | null, uid: number): Policy {
  const parsed = policySchema.safeParse(file === null ? {} : readJson(file))
  if (!parsed.success) throw new Error(`QD_AGENT_POLICY: ${file} is not a policy: ${z.prettifyError(parsed.error)}`)
  const ownUser = findAccountByUid(uid)?.name ?? String(uid)
  const users = parsed.data.users ?? [uid === 0 ? 'nobody' : ownUser]
  return { ...parsed.data, users, defaultUser: parsed.data.defaultUser ?? users[0] ?? ownUser, ownUser }
}

/** Null, or one sentence why this machine does not run it. Where the program lies is the driver's question. */
export function forbids(policy: Policy, { exec, resources }: Assignment): string | null {
  const { cpuMillisMax, memoryBytesMax } = policy
  if (cpuMillisMax !== undefined && Math.max(resources.cpuMillis, exec?.limits.cpuMillis ?? 0) > cpuMillisMax)
    return `This node's policy allows ${cpuMillisMax} CPU thousandths for one task.`
  if (memoryBytesMax !== undefined && Math.max(resources.memoryBytes, exec?.limits.memoryBytes ?? 0) > memoryBytesMax)
    return `This node's policy allows ${memoryBytesMax} bytes of memory for one task.`
  if (!exec) return null

  if (!policy.exec) return "This node's policy allows no programs."
  if (exec.shell && !policy.shell) return "This node's policy allows no shell scripts."
  const variables = policy.variables ?? (policy.programs ? [] : null)
  const variable = variables && Object.keys(exec.env).find((name) => !variables.includes(name))
  if (variable) return `This node's policy does not let tasks set ${variable}.`
  return forbidsUser(policy, exec.user ?? policy.defaultUser)
}

/** Null, or one sentence why this file may not be run: asked when it is known which file a name stands for. */
export function forbidsProgram({ programs }: Policy, program: string): string | null {
  return programs && !programs.includes(program) ? `This node's policy does not allow the program ${program}.` : null
}

function forbidsUser({ users, ownUser }: Policy, user: string): string | null {
  if (!users.includes(user))
    return `This node's policy does not let tasks run as ${user}; it allows ${users.join(', ') || 'nobody at all'}.`
  if (user !== ownUser && ownUser !== 'root') return `This agent runs as ${ownUser} and cannot start a task as ${user}.`
  if (!findAccount(user) && user !== ownUser) return `This node has no user ${user}.`
  return null
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Error(
      `QD_AGENT_POLICY: ${file} cannot be read as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    )
  }
}
