import type { Caller, Stranger } from '@quarterdeck/control-plane'
import { clusterError, type NodeId, type Role } from '@quarterdeck/domain'
import { type Audience, refusal } from './authorize.ts'
import type { Context } from './context.ts'
import { refused, storeError } from './errors.ts'
import type { AgentLink, Principal } from './identity.ts'
import type { Bucket } from './rate-limits.ts'
import { type Meta, t } from './trpc.ts'

type More = {
  /** Name of the act in the audit trail; the control plane writes the entry in the commit that makes the change. */
  readonly audit?: string
  /** Bucket that each call is taken from. Absent: `change` for mutations and `read` for the rest; agents none. */
  readonly rate?: Bucket
}

/**
 * The one way to make a procedure. Authorizes before the input is even parsed, so that a stranger learns nothing from its errors.
 *
 * - `nobody`: anyone; `ctx.stranger` says from where
 * - a role: `ctx.caller` goes to the control plane; `ctx.sessionSecret` is null for API tokens
 * - `agent`: `ctx.nodeId` is proven, whatever the input says
 */
export function procedure(options: { readonly auth: 'nobody' } & More): ReturnType<typeof forAnyone>
export function procedure(options: { readonly auth: 'agent' } & More): ReturnType<typeof forAgents>
export function procedure(options: { readonly auth: Role } & More): ReturnType<typeof forMembers>
export function procedure({ auth, ...more }: { readonly auth: Audience } & More): unknown {
  if (auth === 'nobody') return forAnyone(more)
  if (auth === 'agent') return forAgents(more)
  return forMembers(auth, more)
}

function forAnyone(more: More) {
  return described('nobody', more).use(async ({ ctx, next }) => {
    await permit('nobody', ctx)
    charge(ctx, more.rate ?? 'read', ctx.address)
    const stranger: Stranger = { address: ctx.address, requestId: ctx.requestId, userAgent: ctx.userAgent }
    return next({ ctx: { stranger } })
  })
}

function forMembers(auth: Role, more: More) {
  return described(auth, more).use(async ({ ctx, next, type }) => {
    const principal = await permit(auth, ctx)
    if (principal.kind !== 'member') throw impossible(auth)
    charge(ctx, more.rate ?? (type === 'mutation' ? 'change' : 'read'), memberKey(principal))
    const caller: Caller = { me: principal.me, address: ctx.address, requestId: ctx.requestId }
    const result = await next({ ctx: { caller, sessionSecret: principal.sessionSecret, audience: auth } })
    if (more.audit) {
      const by = `${principal.me.kind}:${principal.me.id}`
      ctx.platform.log.info('change', {
        action: more.audit,
        by,
        address: ctx.address,
        requestId: ctx.requestId,
        ok: result.ok,
      })
    }
    return result
  })
}

/** Short on purpose: one beat per node and second goes through it. */
function forAgents(more: More) {
  return described('agent', more).use(async ({ ctx, next }) => {
    const principal = await permit('agent', ctx)
    if (principal.kind !== 'agent') throw impossible('agent')
    if (more.rate) charge(ctx, more.rate, principal.nodeId)
    const agent: { readonly nodeId: NodeId; readonly link: AgentLink } = principal
    return next({ ctx: { agent } })
  })
}

function described(auth: Audience, { audit, rate }: More) {
  const meta: Meta = { auth, audit: audit ?? null, rate: rate ?? null }
  return t.procedure.meta(meta).use(async ({ next }) => {
    const result = await next()
    // Known troubles of the store get their own status instead of 500.
    const known = result.ok ? null : storeError(result.error.cause)
    if (known) throw refused(known)
    return result
  })
}

async function permit(auth: Audience, ctx: Context): Promise<Principal> {
  const principal = await ctx.identity.current()
  const because = refusal(auth, principal)
  if (because) throw refused(because)
  return principal
}

/** Takes `cost` calls of a bucket or refuses with the time to wait. */
export function charge(ctx: Pick<Context, 'rates'>, bucket: Bucket, caller: string, cost = 1): void {
  const waitMs = ctx.rates.take(bucket, caller, cost)
  if (waitMs > 0) throw rateLimited(waitMs)
}

export function rateLimited(waitMs: number) {
  return refused(
    clusterError('rate_limited', `Too many calls; the next one is accepted in ${waitMs} ms.`, {
      remedy: 'Wait, then try again.',
      retryAfterMs: waitMs,
    }),
  )
}

export function memberKey({ me }: { readonly me: Caller['me'] }): string {
  return `${me.kind}:${me.id}`
}

function impossible(auth: Audience): Error {
  return new Error(`a caller for ${auth} was let in as somebody else`)
}
