import { z } from 'zod'
import { gpuNeedSchema, gpuOfferSchema } from './gpu.ts'
import { unixMsSchema } from './ids.ts'
import { limits } from './limits.ts'
import { portRangeSchema } from './ports.ts'

/** An amount of a node: CPU in thousandths of a core, memory in bytes, and GPUs. */
export const resourcesSchema = z.strictObject({
  cpuMillis: z.number().int().min(0).max(10_000_000),
  memoryBytes: z
    .number()
    .int()
    .min(0)
    .max(2 ** 50),
  /** Absent: none. */
  gpu: gpuNeedSchema.optional(),
})
export type Resources = z.infer<typeof resourcesSchema>

/** What a node can give in total. `taskSlots` bounds how many tasks it runs at once. */
export const capacitySchema = resourcesSchema.omit({ gpu: true }).extend({
  taskSlots: z.number().int().min(1).max(100_000),
  /** Absent: none. */
  gpus: z.array(gpuOfferSchema).max(limits.gpusPerNodeMax).optional(),
  /** Absent: it gives no ports. */
  ports: portRangeSchema.optional(),
})
export type Capacity = z.infer<typeof capacitySchema>

/**
 * One measured sample of a machine. Shares are 0..1. Rates are bytes per second since the previous sample.
 * `null` means "this machine does not tell", never zero.
 */
export const loadSampleSchema = z.strictObject({
  cpuShare: z.number().min(0).max(1),
  memoryBytesUsed: z.number().nonnegative(),
  memoryBytesTotal: z.number().nonnegative(),
  diskBytesUsed: z.number().nonnegative().nullable(),
  diskBytesTotal: z.number().nonnegative().nullable(),
  diskReadBytesPerSecond: z.number().nonnegative().nullable(),
  diskWriteBytesPerSecond: z.number().nonnegative().nullable(),
  networkReceivedBytesPerSecond: z.number().nonnegative().nullable(),
  networkSentBytesPerSecond: z.number().nonnegative().nullable(),
  /** Run-queue averages of 1, 5 and 15 minutes. */
  loadAverage: z.tuple([z.number(), z.number(), z.number()]),
  tasksRunning: z.number().int().nonnegative(),
  /** Worst delay of the agent's event loop since the previous sample, milliseconds. */
  eventLoopLagMs: z.number().nonnegative(),
})
export type LoadSample = z.infer<typeof loadSampleSchema>

/** CPU and memory that one attempt used: CPU time in milliseconds, highest memory in bytes. `null`: not measurable here. */
export const usageSchema = z.strictObject({
  cpuMs: z.number().nonnegative().nullable(),
  memoryBytesMax: z.number().nonnegative().nullable(),
})
export type Usage = z.infer<typeof usageSchema>

/** What a running attempt uses now: averages since its agent measured it the time before. `null`: not measurable here. */
export const measuredSchema = z.strictObject({
  cpuMillis: z.number().nonnegative().nullable(),
  memoryBytes: z.number().nonnegative().nullable(),
  atMs: unixMsSchema,
})
export type Measured = z.infer<typeof measuredSchema>
