import { z } from 'zod'
import { limits } from './limits.ts'

export const portNumberSchema = z.number().int().min(1).max(65_535)

/** A port by the name that the task gives it; its program reads the number in `QD_TASK_PORT_<NAME>`. */
export const portNameSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,14}$/, 'must be 1 to 15 characters of a-z 0-9 - and start with a letter, such as http')

export const portNeedSchema = z.strictObject({
  name: portNameSchema,
  /** Exactly this one. Absent: any that is free in the range of the node. */
  port: portNumberSchema.optional(),
})
export type PortNeed = z.infer<typeof portNeedSchema>

export const portNeedsSchema = z
  .array(portNeedSchema)
  .max(limits.portsPerTaskMax)
  .refine((ports) => new Set(ports.map(({ name }) => name)).size === ports.length, 'names each port once')
  .refine((ports) => {
    const fixed = ports.flatMap(({ port }) => port ?? [])
    return new Set(fixed).size === fixed.length
  }, 'asks for a number once')

/** The ports that one attempt was given. */
export const givenPortsSchema = z
  .array(z.strictObject({ name: portNameSchema, port: portNumberSchema }))
  .max(limits.portsPerTaskMax)
export type GivenPort = z.infer<typeof givenPortsSchema>[number]

/** From which numbers a node gives ports, both ends included. */
export const portRangeSchema = z
  .strictObject({ from: portNumberSchema, to: portNumberSchema })
  .refine(({ from, to }) => from <= to, 'must not end before it begins')
export type PortRange = z.infer<typeof portRangeSchema>

/** `http`, `http=8080`. Null when it cannot be read. */
export function parsePortNeed(text: string): PortNeed | null {
  const at = text.indexOf('=')
  const input = at < 0 ? { name: text } : { name: text.slice(0, at), port: Number(text.slice(at + 1)) }
  return portNeedSchema.safeParse(input).data ?? null
}
