import { z } from 'zod'
import { limits } from './limits.ts'
import { portNameSchema, portNumberSchema } from './ports.ts'

const ms = (min: number, max: number, fallback: number) => z.number().int().min(min).max(max).default(fallback)
const HOUR_MS = 3_600_000

const noNul = z
  .string()
  .max(limits.textLengthMax)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')

const checkTimes = {
  intervalMs: ms(250, HOUR_MS, 5_000),
  timeoutMs: ms(100, 600_000, 2_000),
  /** Failures in a row that make a replica unhealthy. */
  retries: z.number().int().min(1).max(100).default(3),
  /** Failures this early after the start do not count; a success does. */
  startPeriodMs: ms(0, HOUR_MS, 10_000),
}

/** A number, or the name of one of the task's ports. */
const portSchema = z.union([portNumberSchema, portNameSchema])

/** Asked by the agent on the replica's own node: `http` and `tcp` of 127.0.0.1, `exec` beside the replica, as its user. */
export const healthCheckSchema = z.discriminatedUnion('type', [
  /** Healthy when it answers with a status from 200 to 399. */
  z.strictObject({
    type: z.literal('http'),
    port: portSchema,
    path: z.string().max(1_000).regex(/^\//, 'must begin with /').default('/'),
    ...checkTimes,
  }),
  z.strictObject({ type: z.literal('tcp'), port: portSchema, ...checkTimes }),
  /** Healthy when it exits with 0. */
  z.strictObject({
    type: z.literal('exec'),
    command: noNul.min(1),
    args: z.array(noNul).max(64).default([]),
    /** `command` is a whole script for `/bin/sh -c`. */
    shell: z.boolean().default(false),
    ...checkTimes,
  }),
])
export type HealthCheck = z.infer<typeof healthCheckSchema>
