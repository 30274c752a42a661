import { z } from 'zod'
import { limits } from './limits.ts'
import { handlerNameSchema } from './node.ts'

const noNul = (text: string) => !text.includes('\0')
const argText = z.string().refine(noNul, 'must not contain a NUL character')
const bytes = (texts: readonly string[]) => texts.reduce((sum, text) => sum + text.length + 1, 0)

export const envNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'must be a variable name such as LOG_LEVEL')

/** Hard bounds on one attempt, enforced by cgroups where the machine allows, by rlimits where not. Absent: unlimited. */
export const execLimitsSchema = z.strictObject({
  cpuMillis: z.number().int().min(10).max(10_000_000).optional(),
  memoryBytes: z
    .number()
    .int()
    .min(4 * 1024 * 1024)
    .max(2 ** 50)
    .optional(),
  processes: z.number().int().min(1).max(100_000).optional(),
  openFiles: z.number().int().min(8).max(1_000_000).optional(),
})
export type ExecLimits = z.infer<typeof execLimitsSchema>

/** A program with arguments; no shell unless `shell` says so, and then `command` is the whole script given to `/bin/sh -c`. */
export const execSpecSchema = z.strictObject({
  command: argText.min(1).max(limits.argsBytesMax),
  args: z
    .array(argText)
    .max(limits.argsMax)
    .default([])
    .refine((args) => bytes(args) <= limits.argsBytesMax, `arguments together may take ${limits.argsBytesMax} bytes`),
  shell: z.boolean().default(false),
  env: z
    .record(envNameSchema, argText)
    .default({})
    .refine((env) => Object.keys(env).length <= limits.envMax, `at most ${limits.envMax} variables`)
    .refine(
      (env) => bytes(Object.values(env)) <= limits.envBytesMax,
      `variables together may take ${limits.envBytesMax} bytes`,
    ),
  /** Absolute working folder; absent: a private temporary folder of the attempt. */
  workingFolder: argText.max(limits.textLengthMax).regex(/^\//, 'must be an absolute path').optional(),
  /** User to run as; absent: the user that the agent's policy names. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'must be a user name')
    .optional(),
  limits: execLimitsSchema.default({}),
})
export type ExecSpec = z.infer<typeof execSpecSchema>

export const handlerSpecSchema = z.strictObject({
  name: handlerNameSchema,
  /** Any JSON value, passed to the function as its input. */
  input: z
    .json()
    .default(null)
    .refine(
      (input) => JSON.stringify(input).length <= limits.handlerInputBytesMax,
      `input may take ${limits.handlerInputBytesMax} bytes`,
    ),
})
export type HandlerSpec = z.infer<typeof handlerSpecSchema>

/** Exactly the part that the driver reads is there. */
export function driverAgrees(spec: { driver: 'exec' | 'handler'; exec?: unknown; handler?: unknown }): boolean {
  return spec.driver === 'exec'
    ? spec.exec !== undefined && spec.handler === undefined
    : spec.handler !== undefined && spec.exec === undefined
}

/** Other work in place of a task: its driver and what that runs. */
export const otherWorkSchema = z
  .strictObject({
    driver: z.enum(['exec', 'handler']),
    exec: execSpecSchema.optional(),
    handler: handlerSpecSchema.optional(),
  })
  .refine(driverAgrees, {
    path: ['driver'],
    message: 'driver "exec" needs `exec` and no `handler`; driver "handler" needs `handler` and no `exec`',
  })
export type OtherWork = z.infer<typeof otherWorkSchema>
