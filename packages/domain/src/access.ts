import { z } from 'zod'
import { controllerIdSchema, nodeIdSchema, tokenIdSchema, unixMsSchema, userIdSchema } from './ids.ts'
import { labelsSchema } from './labels.ts'
import { limits } from './limits.ts'
import { roles } from './roles.ts'

export const roleSchema = z.enum(roles)

export const passwordSchema = z
  .string()
  .min(limits.passwordLengthMin, `must have at least ${limits.passwordLengthMin} characters`)
  .max(limits.passwordLengthMax, `must have at most ${limits.passwordLengthMax} characters`)

export const userSchema = z.strictObject({
  v: z.literal(1),
  id: userIdSchema,
  role: roleSchema,
  /** argon2id in PHC form. Never leaves the control plane. */
  passwordHash: z.string(),
  createdAtMs: unixMsSchema,
  disabled: z.boolean(),
})
export type User = z.infer<typeof userSchema>

/** A signed-in browser. The object's id is the first 48 hex digits of SHA-256 of the cookie's secret. */
export const userSessionSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  userId: userIdSchema,
  createdAtMs: unixMsSchema,
  lastSeenAtMs: unixMsSchema,
  expiresAtMs: unixMsSchema,
  address: z.string().max(64),
  userAgent: z.string().max(200),
})
export type UserSession = z.infer<typeof userSessionSchema>

/** Single use, 5 minutes, bound to one target controller: lets a page continue there with the same session. */
export const handoffTicketSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  sessionId: z.string(),
  controllerId: controllerIdSchema,
  expiresAtMs: unixMsSchema,
})
export type HandoffTicket = z.infer<typeof handoffTicketSchema>

/** A program's credential `qdt_<id>_<secret>`, stored as SHA-256 of the secret. */
export const apiTokenSchema = z.strictObject({
  v: z.literal(1),
  id: tokenIdSchema,
  name: z.string().max(limits.nameLengthMax),
  role: roleSchema,
  secretHash: z.string(),
  createdBy: z.string().max(200),
  createdAtMs: unixMsSchema,
  expiresAtMs: unixMsSchema.nullable(),
})
export type ApiToken = z.infer<typeof apiTokenSchema>

/** Lets an agent join: `qdj_<id>_<secret>`; consumed in the same commit that creates the node. */
export const joinTokenSchema = z.strictObject({
  v: z.literal(1),
  id: tokenIdSchema,
  secretHash: z.string(),
  usesMax: z.number().int().min(1).max(10_000),
  usesLeft: z.number().int().nonnegative(),
  createdBy: z.string().max(200),
  createdAtMs: unixMsSchema,
  expiresAtMs: unixMsSchema,
  revoked: z.boolean(),
  /** Given to every node that joins by this token. */
  labels: labelsSchema,
  zone: z.string().max(limits.nameLengthMax).nullable(),
})
export type JoinToken = z.infer<typeof joinTokenSchema>

/** What an agent proves itself with after joining; SHA-256 of its secret. The object's id is the node id. */
export const nodeCredentialSchema = z.strictObject({
  v: z.literal(1),
  id: nodeIdSchema,
  secretHash: z.string(),
  createdAtMs: unixMsSchema,
  revoked: z.boolean(),
  /** What the join token, and later operators, say of the node. It wins over what the agent says of itself. */
  granted: z
    .strictObject({
      labels: labelsSchema,
      /** `true`: an operator set the labels as a whole, and the agent's own ones no longer count. */
      labelsAreWhole: z.boolean(),
      zone: z.string().max(limits.nameLengthMax).nullable(),
    })
    .default({ labels: {}, labelsAreWhole: false, zone: null }),
})
export type NodeCredential = z.infer<typeof nodeCredentialSchema>

/** The one-time link that makes the first admin. Exists only while there is no user. */
export const setupSchema = z.strictObject({
  v: z.literal(1),
  id: z.literal('setup'),
  tokenHash: z.string(),
  /** Whose link it is: after a restart that controller may print another one. */
  issuedBy: controllerIdSchema.optional(),
  expiresAtMs: unixMsSchema,
})
export type Setup = z.infer<typeof setupSchema>
