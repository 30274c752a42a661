import { z } from 'zod'
import { limits } from './limits.ts'
import { fail, type Outcome, ok } from './outcome.ts'

/** Shares of one GPU are thousandths of it. */
export const WHOLE_GPU_MILLIS = 1_000

export const gpuModelSchema = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]{0,62}$/, 'must be a model such as A100 and may hold letters, digits, . _ -')

/** What a task asks for: whole GPUs of one node, or a share of a single one. Empty `models`: any. */
export const gpuNeedSchema = z
  .strictObject({
    count: z.number().int().min(1).max(limits.gpusPerNodeMax).default(1),
    shareMillis: z.number().int().min(1).max(WHOLE_GPU_MILLIS).default(WHOLE_GPU_MILLIS),
    models: z.array(gpuModelSchema).max(16).default([]),
  })
  .refine(({ count, shareMillis }) => count === 1 || shareMillis === WHOLE_GPU_MILLIS, {
    path: ['shareMillis'],
    message: 'a share is of one GPU; with more than one, each is whole',
  })
export type GpuNeed = z.infer<typeof gpuNeedSchema>

/** GPUs of one model in a node. Devices are numbered through the list, from 0. */
export const gpuOfferSchema = z.strictObject({
  model: gpuModelSchema,
  count: z.number().int().min(1).max(limits.gpusPerNodeMax),
})
export type GpuOffer = z.infer<typeof gpuOfferSchema>

/** The GPUs of a node that a task holds, by number. */
export const gpuNumbersSchema = z.array(z.number().int().min(0).max(limits.gpusPerNodeMax)).max(limits.gpusPerNodeMax)

/** `1 GPU`, `0.3 of a GPU (T4 or A10)`. */
export function formatGpu({ count, shareMillis, models }: GpuNeed): string {
  const amount =
    shareMillis < WHOLE_GPU_MILLIS
      ? `${shareMillis / WHOLE_GPU_MILLIS} of a GPU`
      : `${count} GPU${count === 1 ? '' : 's'}`
  return models.length > 0 ? `${amount} (${models.join(' or ')})` : amount
}

/** Reads `2` (whole ones), `0.3` (a share of one), `1:A100|T4` (of these models). */
export function parseGpu(text: string): Outcome<GpuNeed, string> {
  const accepted = 'must be whole GPUs or a share of one, models after a colon: 2, 0.3, 1:A100|T4'
  const match = /^(\d+(?:\.\d{1,3})?)(?::(.+))?$/.exec(text.trim())
  if (!match) return fail(accepted)
  const amount = Number(match[1])
  const isShare = amount > 0 && amount < 1
  const parsed = gpuNeedSchema.safeParse({
    count: isShare ? 1 : amount,
    shareMillis: isShare ? Math.round(amount * WHOLE_GPU_MILLIS) : WHOLE_GPU_MILLIS,
    models: match[2]?.split('|').map((model) => model.trim()) ?? [],
  })
  return parsed.success ? ok(parsed.data) : fail(accepted)
}

/** The text that `parseGpu` reads as this need. */
export function writeGpu({ count, shareMillis, models = [] }: z.input<typeof gpuNeedSchema>): string {
  const share = shareMillis ?? WHOLE_GPU_MILLIS
  const amount = share < WHOLE_GPU_MILLIS ? share / WHOLE_GPU_MILLIS : (count ?? 1)
  return models.length > 0 ? `${amount}:${models.join('|')}` : String(amount)
}
