import { limits, nodeIdSchema } from '@quarterdeck/domain'
import { z } from 'zod'

/** Fields that several procedures take. */
export const reasonSchema = z.string().trim().max(limits.reasonLengthMax).default('')
export const pageLimitSchema = z.number().int().min(1).max(limits.pageSizeMax).default(100)
export const cursorSchema = z.string().min(1).max(200)
export const nodeIdsSchema = z.array(nodeIdSchema).min(1).max(limits.bulkTargetsMax)
/** What a person types, and what opens things: bounded, and never repeated in an error. */
export const secretSchema = z.string().min(1).max(500)
