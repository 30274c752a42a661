import {
  clusterError,
  compareText,
  fail,
  type Outcome,
  ok,
  type Role,
  type User,
  type UserId,
  type UserView,
  userIdSchema,
} from '@quarterdeck/domain'
import { metaOf } from '../actor.ts'
import { erase, put, replace } from '../change.ts'
import { commitDurably } from '../commit-draft.ts'
import type { AccessService, Caller, SignedIn, Stranger } from '../contract.ts'
import type { Core } from '../core.ts'
import { type Crypto, HasherBusy, type PasswordHasher } from '../crypto.ts'
import { newSession } from './sessions.ts'
import { draftSetup } from './setup-link.ts'
import { signInBrake } from './sign-in-brake.ts'

const USERS_MAX = 1_000

type Deps = { readonly crypto: Crypto; readonly hasher: PasswordHasher }

const busy = clusterError('overloaded', 'Too many sign-ins at this moment.', {
  remedy: 'Try again.',
  retryAfterMs: 2_000,
})

export function userService(core: Core, deps: Deps) {
  const { crypto, hasher } = deps
  const brake = signInBrake()
  // Verified against when the user does not exist, so that the reply takes as long as for one who does.
  const decoyHash = hasher.hash(crypto.randomSecret(16))

  async function hashed(password: string): Promise<Outcome<string>> {
    try {
      return ok(await hasher.hash(password))
    } catch (error) {
      if (error instanceof HasherBusy) return fail(busy)
      throw error
    }
  }

  async function matches(stored: string, password: string): Promise<Outcome<boolean>> {
    try {
      return ok(await hasher.verify(stored, password))
    } catch (error) {
      if (error instanceof HasherBusy) return fail(busy)
      throw error
    }
  }

  function needsSetup(): boolean {
    return core.cache.all('user').size === 0
  }

  /** Sessions of a user end with a change of what it may do. */
  function endSessions(userId: UserId) {
    return [...core.cache.all('user-session').values()]
      .filter((session) => session.value.userId === userId)
      .map((session) => erase('user-session', session.id, session.revision))
  }

  function adminsLeft(without: UserId): number {
    return [...core.cache.all('user').values()].filter(
      ({ value }) => value.id !== without && value.role === 'admin' && !value.disabled,
    ).length
  }

  return {
    needsSetup,

    async issueSetupToken({ replace }: { readonly replace: boolean }): Promise<Outcome<string | null>> {
      const token = crypto.randomSecret(32)
      const done = await commitDurably(core, () => {
        const nowMs = core.platform.clock.unixMs()
        const before = core.cache.get('setup', 'setup')
        const isOfAPeer = before !== undefined && before.value.expiresAtMs > nowMs && before.value.issuedBy !== core.id
        if (!needsSetup() || (isOfAPeer && !replace))
          return ok({ value: false, changes: [], meta: { atMs: nowMs, actor: `controller:${core.id}`, events: [] } })
        return ok({
          value: true,
          ...draftSetup(crypto, { token, before, nowMs, actor: `controller:${core.id}`, issuedBy: core.id }),
        })
      })
      if (!done.ok) return done
      return ok(done.value.value ? token : null)
    },

    async setUp(
      input: { token: string; userId: string; password: string },
      from: Stranger,
    ): Promise<Outcome<SignedIn>> {
      const id = userIdSchema.safeParse(input.userId)
      if (!id.success) {
        return fail(
          clusterError(
            'bad_input',
            `userId "${input.userId}": ${id.error.issues[0]?.message ?? 'is not a user name'}.`,
            { field: 'userId' },
          ),
        )
      }
      const passwordHash = await hashed(input.password)
      if (!passwordHash.ok) return passwordHash
      const done = await commitDurably(core, () => {
        const nowMs = core.platform.clock.unixMs()
        const setup = core.cache.get('setup', 'setup')
        if (!needsSetup() || !setup)
          return fail(clusterError('bad_token', 'The first administrator exists already.', { remedy: 'Sign in.' }))
        if (
          setup.value.expiresAtMs <= nowMs ||
          !crypto.equalTexts(setup.value.tokenHash, crypto.sha256Hex(input.token))
        ) {
          return fail(
            clusterError('bad_token', 'This sign-in link has expired or is not the newest one.', {
              remedy: 'Restart a controller: it prints a new link while there is no user.',
            }),
          )
        }
        const user: User = {
          v: 1,
          id: id.data,
          role: 'admin',
          passwordHash: passwordHash.value,
          createdAtMs: nowMs,
          disabled: false,
        }
        const session = newSession(core, deps, user, from)
        const event = {
          type: 'user.created',
          subject: { kind: 'user', id: user.id },
          severity: 'notice' as const,
          text: `${user.id} became the first administrator`,
        }
        // Deleting the setup object by its revision makes two parallel uses of one link a conflict.
        return ok({
          value: session.signedIn,
          changes: [put('user', user, 0), erase('setup', 'setup', setup.revision), session.change],
          meta: metaOf(core, from, { action: 'auth.setUp', target: `user:${user.id}` }, [event]),
        })
      })
      return done.ok ? ok(done.value.value) : done
    },

    async signIn(input: { userId: string; password: string }, from: Stranger): Promise<Outcome<SignedIn>> {
      const nowMs = core.platform.clock.monotonicMs()
      const waitMs = brake.waitMs(input.userId, from.address, nowMs)
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1_000)
        return fail(
          clusterError('rate_limited', `Too many failed sign-ins. Wait ${seconds} s.`, { retryAfterMs: waitMs }),
        )
      }
      const user = core.cache.get('user', input.userId)?.value
      const right = await matches(user?.passwordHash ?? (await decoyHash), input.password)
      if (!right.ok) return right
      if (!user || user.disabled || !right.value) {
        brake.failed(input.userId, from.address, nowMs)
        core.platform.log.warn('sign-in refused', { userId: input.userId.slice(0, 63), address: from.address })
        return fail(clusterError('bad_credentials', 'User name or password is wrong.'))
      }
      brake.succeeded(input.userId, from.address)
      const rehashed = hasher.outdated(user.passwordHash) ? await hashed(input.password) : null
      const done = await commitDurably(core, () => {
        const stored = core.cache.get('user', user.id)
        if (!stored || stored.value.disabled)
          return fail(clusterError('bad_credentials', 'User name or password is wrong.'))
        const session = newSession(core, deps, stored.value, from)
        const rehash = rehashed?.ok ? [replace(stored, { ...stored.value, passwordHash: rehashed.value })] : []
        return ok({
          value: session.signedIn,
          changes: [session.change, ...rehash],
          meta: {
            ...metaOf(core, from, { action: 'auth.signIn', target: `user:${user.id}` }),
            actor: `user:${user.id}`,
          },
        })
      })
      return done.ok ? ok(done.value.value) : done
    },

    async changeOwnPassword(input: { current: string; next: string }, caller: Caller): Promise<Outcome<null>> {
      const stored = core.cache.get('user', caller.me.id)
      if (caller.me.kind !== 'user' || !stored)
        return fail(clusterError('not_permitted', 'Only a signed-in user has a password.'))
      const right = await matches(stored.value.passwordHash, input.current)
      if (!right.ok) return right
      if (!right.value)
        return fail(clusterError('bad_credentials', 'The current password is wrong.', { field: 'current' }))
      const passwordHash = await hashed(input.next)
      if (!passwordHash.ok) return passwordHash
      const done = await commitDurably(core, () => {
        const now = core.cache.get('user', stored.value.id)
        if (!now) return fail(clusterError('user_not_found', `There is no user ${stored.id}.`))
        return ok({
          value: null,
          changes: [replace(now, { ...now.value, passwordHash: passwordHash.value })],
          meta: metaOf(core, caller, { action: 'auth.changePassword', target: `user:${now.id}` }),
        })
      })
      return done.ok ? ok(null) : done
    },

    listUsers(): readonly UserView[] {
      return [...core.cache.all('user').values()]
        .map(({ value }) => viewOf(value))
        .sort((a, b) => compareText(a.id, b.id))
    },

    async createUser(input: { id: UserId; role: Role; password: string }, caller: Caller): Promise<Outcome<UserView>> {
      const passwordHash = await hashed(input.password)
      if (!passwordHash.ok) return passwordHash
      const done = await commitDurably(core, () => {
        if (core.cache.get('user', input.id)) {
          return fail(
            clusterError('already_exists', `There is a user ${input.id} already.`, {
              field: 'id',
              remedy: 'Choose another name.',
            }),
          )
        }
        if (core.cache.all('user').size >= USERS_MAX)
          return fail(clusterError('limit_reached', `There are ${USERS_MAX} users, which is the most.`))
        const user: User = {
          v: 1,
          id: input.id,
          role: input.role,
          passwordHash: passwordHash.value,
          createdAtMs: core.platform.clock.unixMs(),
          disabled: false,
        }
        const detail = `role ${user.role}`
        return ok({
          value: viewOf(user),
          changes: [put('user', user, 0)],
          meta: metaOf(core, caller, { action: 'users.create', target: `user:${user.id}`, detail }, [
            userEvent('user.created', user, `as ${user.role}`),
          ]),
        })
      })
      return done.ok ? ok(done.value.value) : done
    },

    async updateUser(input: Parameters<AccessService['updateUser']>[0], caller: Caller): Promise<Outcome<UserView>> {
      const passwordHash = input.password === undefined ? null : await hashed(input.password)
      if (passwordHash && !passwordHash.ok) return passwordHash
      const done = await commitDurably(core, () => {
        const stored = core.cache.get('user', input.id)
        if (!stored) return fail(clusterError('user_not_found', `There is no user ${input.id}.`))
        const user: User = {
          ...stored.value,
          role: input.role ?? stored.value.role,
          disabled: input.disabled ?? stored.value.disabled,
          passwordHash: passwordHash?.value ?? stored.value.passwordHash,
        }
        if ((user.role !== 'admin' || user.disabled) && adminsLeft(user.id) === 0) return fail(lastAdmin(user.id))
        const detail = [
          input.role ? `role ${input.role}` : '',
          input.disabled === undefined ? '' : input.disabled ? 'disabled' : 'enabled',
          passwordHash ? 'new password' : '',
        ]
        return ok({
          value: viewOf(user),
          changes: [replace(stored, user), ...endSessions(user.id)],
          meta: metaOf(
            core,
            caller,
            { action: 'users.update', target: `user:${user.id}`, detail: detail.filter(Boolean).join(', ') },
            [userEvent('user.changed', user, detail.filter(Boolean).join(', '))],
          ),
        })
      })
      return done.ok ? ok(done.value.value) : done
    },

    async removeUser(input: { id: UserId }, caller: Caller): Promise<Outcome<null>> {
      const done = await commitDurably(core, () => {
        const stored = core.cache.get('user', input.id)
        if (!stored) return fail(clusterError('user_not_found', `There is no user ${input.id}.`))
        if (adminsLeft(input.id) === 0) return fail(lastAdmin(input.id))
        return ok({
          value: null,
          changes: [erase('user', input.id, stored.revision), ...endSessions(input.id)],
          meta: metaOf(core, caller, { action: 'users.remove', target: `user:${input.id}` }, [
            userEvent('user.removed', stored.value, 'removed'),
          ]),
        })
      })
      return done.ok ? ok(null) : done
    },
  }
}

function viewOf({ id, role, createdAtMs, disabled }: User): UserView {
  return { id, role, createdAtMs, disabled }
}

function userEvent(type: string, user: User, what: string) {
  return { type, subject: { kind: 'user', id: user.id }, severity: 'notice' as const, text: `user ${user.id}: ${what}` }
}

function lastAdmin(id: string) {
  return clusterError('wrong_state', `${id} is the last administrator.`, {
    remedy: 'Make another user an administrator first.',
  })
}
