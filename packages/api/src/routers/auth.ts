import type { SignedIn } from '@quarterdeck/control-plane'
import { clusterError, type Me, passwordSchema } from '@quarterdeck/domain'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { refused, unwrap } from '../errors.ts'
import { secretSchema } from '../fields.ts'
import { procedure } from '../procedure.ts'
import { router } from '../trpc.ts'

const nameSchema = z.string().min(1).max(63)

export const authRouter = router({
  /** What a page must know before anybody has signed in. */
  state: procedure({ auth: 'nobody' }).query(async ({ ctx }) => {
    const principal = await ctx.identity.current()
    const me: Me | null = principal.kind === 'member' ? principal.me : null
    return { needsSetup: ctx.controlPlane.access.needsSetup(), controllerId: ctx.controlPlane.id, me }
  }),

  /** Trades the one-time token for the first admin, and signs in. */
  setUp: procedure({ auth: 'nobody', rate: 'sign-in' })
    .input(z.strictObject({ token: secretSchema, userId: nameSchema, password: passwordSchema }))
    .mutation(async ({ ctx, input }) => letIn(ctx, unwrap(await ctx.controlPlane.access.setUp(input, ctx.stranger)))),

  /** The answer to an unknown user and to a wrong password is the same. */
  signIn: procedure({ auth: 'nobody', rate: 'sign-in' })
    .input(z.strictObject({ userId: nameSchema, password: z.string().min(1).max(200) }))
    .mutation(async ({ ctx, input }) => letIn(ctx, unwrap(await ctx.controlPlane.access.signIn(input, ctx.stranger)))),

  signOut: procedure({ auth: 'viewer', audit: 'auth.sign-out' }).mutation(async ({ ctx }) => {
    if (ctx.sessionSecret) unwrap(await ctx.controlPlane.access.signOut(ctx.sessionSecret))
    ctx.door?.close()
    return null
  }),

  me: procedure({ auth: 'viewer' }).query(({ ctx }) => ctx.caller.me),

  changePassword: procedure({ auth: 'viewer', audit: 'auth.change-password', rate: 'sign-in' })
    .input(z.strictObject({ current: z.string().min(1).max(200), next: passwordSchema }))
    .mutation(async ({ ctx, input }) => unwrap(await ctx.controlPlane.access.changeOwnPassword(input, ctx.caller))),

  /** One ticket per live peer: with it the page goes on there when this controller dies. */
  tickets: procedure({ auth: 'viewer', audit: 'auth.tickets' }).mutation(async ({ ctx }) =>
    ctx.sessionSecret ? unwrap(await ctx.controlPlane.access.issueTickets(ctx.sessionSecret)) : [],
  ),
})

function letIn(ctx: Context, signedIn: SignedIn): { readonly me: Me; readonly expiresAtMs: number } {
  if (!ctx.door)
    throw refused(clusterError('unsupported', 'Signing in needs an answer that can carry a cookie: call it over HTTP.'))
  ctx.door.open(signedIn)
  return { me: signedIn.me, expiresAtMs: signedIn.expiresAtMs }
}
