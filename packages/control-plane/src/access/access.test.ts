import type { ControllerId, Incarnation, TokenId, UnixMs, UserId } from '@quarterdeck/domain'
import { afterEach, describe, expect, it } from 'vitest'
import { put } from '../change.ts'
import type { Caller, Stranger } from '../contract.ts'
import type { PasswordHasher } from '../crypto.ts'
import { type TestCore, testCore, testCrypto } from '../test-bench/test-core.ts'
import { createAccessService } from './create-access-service.ts'

const from: Stranger = { address: '10.0.0.9', requestId: 'r1', userAgent: 'test' }
const admin: Caller = { me: { id: 'ana', role: 'admin', kind: 'user' }, address: '10.0.0.9', requestId: 'r2' }
const PASSWORD = 'correct horse battery'
/** Quick and honest about what it compares; argon2id has its own tests. */
const hasher: PasswordHasher = {
  hash: async (password) => testCrypto.sha256Hex(password),
  verify: async (stored, password) => stored === testCrypto.sha256Hex(password),
  outdated: () => false,
}

const cores: TestCore[] = []
afterEach(() => {
  for (const core of cores.splice(0)) core.stop()
})

async function accessOfNewCluster() {
  const core = await testCore()
  cores.push(core)
  return { core, access: createAccessService(core, { crypto: testCrypto, hasher }) }
}

async function accessWithAdmin() {
  const { core, access } = await accessOfNewCluster()
  const token = await access.issueSetupToken({ replace: true })
  if (!token.ok || token.value === null) throw new Error('no setup token')
  const signedIn = await access.setUp({ token: token.value, userId: 'ana', password: PASSWORD }, from)
  if (!signedIn.ok) throw new Error(signedIn.error.message)
  return { core, access, secret: signedIn.value.sessionSecret, setupToken: token.value }
}

describe('the first sign-in link', () => {
  it('makes one administrator, however many use it at once', async () => {
    const { core, access } = await accessOfNewCluster()
    const token = await access.issueSetupToken({ replace: true })
    const link = token.ok && token.value ? token.value : ''
    const uses = await Promise.all(
      ['ana', 'ben', 'cem'].map((userId) => access.setUp({ token: link, userId, password: PASSWORD }, from)),
    )
    expect(uses.filter((use) => use.ok)).toHaveLength(1)
    expect(core.cache.all('user').size).toBe(1)
    expect(core.cache.get('setup', 'setup')).toBeUndefined()
  })

  it('is not issued again once there is a user, and a newer link makes an older one useless', async () => {
    const { access } = await accessOfNewCluster()
    const older = await access.issueSetupToken({ replace: true })
    const newer = await access.issueSetupToken({ replace: true })
    const useOlder = await access.setUp(
      { token: older.ok ? (older.value ?? '') : '', userId: 'ana', password: PASSWORD },
      from,
    )
    expect(useOlder).toMatchObject({ ok: false, error: { code: 'bad_token' } })
    const useNewer = await access.setUp(
      { token: newer.ok ? (newer.value ?? '') : '', userId: 'ana', password: PASSWORD },
      from,
    )
    expect(useNewer.ok).toBe(true)
    expect(await access.issueSetupToken({ replace: true })).toEqual({ ok: true, value: null })
  })
})

describe('signing in', () => {
  it('gives the same answer for a wrong password and for a user that does not exist', async () => {
    const { access } = await accessWithAdmin()
    const wrong = await access.signIn({ userId: 'ana', password: 'not the password' }, from)
    const nobody = await access.signIn({ userId: 'zoe', password: 'not the password' }, from)
    expect(wrong).toEqual(nobody)
    expect(wrong).toMatchObject({ ok: false, error: { code: 'bad_credentials' } })
  })

  it('has to wait after five failures from one address, and only that address has to', async () => {
    const { access } = await accessWithAdmin()
    for (let tries = 0; tries < 6; tries++) await access.signIn({ userId: 'ana', password: 'wrong wrong wrong' }, from)
    const braked = await access.signIn({ userId: 'ana', password: PASSWORD }, from)
    expect(braked).toMatchObject({ ok: false, error: { code: 'rate_limited' } })
    const elsewhere = await access.signIn({ userId: 'ana', password: PASSWORD }, { ...from, address: '10.0.0.10' })
    expect(elsewhere.ok).toBe(true)
  })

  it('ends with the session: signed out, disabled, or given another role', async () => {
    const { access, secret } = await accessWithAdmin()
    expect(await access.authenticate({ sessionSecret: secret })).toEqual({ id: 'ana', role: 'admin', kind: 'user' })
    await access.signOut(secret)
    expect(await access.authenticate({ sessionSecret: secret })).toBeNull()

    await access.createUser({ id: 'ben' as UserId, role: 'operator', password: PASSWORD }, admin)
    const ben = await access.signIn({ userId: 'ben', password: PASSWORD }, from)
    const benSecret = ben.ok ? ben.value.sessionSecret : ''
    expect(await access.authenticate({ sessionSecret: benSecret })).toMatchObject({ role: 'operator' })
    await access.updateUser({ id: 'ben' as UserId, role: 'viewer' }, admin)
    expect(await access.authenticate({ sessionSecret: benSecret })).toBeNull()
  })

  it('never stores the secret itself', async () => {
    const { core, secret, setupToken } = await accessWithAdmin()
    const stored = JSON.stringify([...core.cache.all('user-session').values(), ...core.cache.all('user').values()])
    expect(stored).not.toContain(secret)
    expect(stored).not.toContain(setupToken)
    expect(stored).not.toContain(PASSWORD)
  })
})

describe('the last administrator', () => {
  it('can be neither removed, disabled nor demoted', async () => {
    const { access } = await accessWithAdmin()
    const id = 'ana' as UserId
    for (const act of [
      () => access.removeUser({ id }, admin),
      () => access.updateUser({ id, disabled: true }, admin),
      () => access.updateUser({ id, role: 'operator' }, admin),
    ]) {
      expect(await act()).toMatchObject({ ok: false, error: { code: 'wrong_state' } })
    }
  })
})

describe('tokens', () => {
  it('of the API name their role, end when revoked, and list no secret', async () => {
    const { access } = await accessWithAdmin()
    const made = await access.createApiToken({ name: 'ci', role: 'operator', ttlMs: null }, admin)
    const token = made.ok ? made.value.token : ''
    expect(await access.authenticate({ apiToken: token })).toEqual({ id: 'ci', role: 'operator', kind: 'token' })
    expect(
      await access.authenticate({ apiToken: `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}` }),
    ).toBeNull()
    expect(JSON.stringify(access.listApiTokens())).not.toContain(token.slice(-16))
    await access.revokeApiToken({ id: (made.ok ? made.value.view.id : '') as TokenId }, admin)
    expect(await access.authenticate({ apiToken: token })).toBeNull()
  })

  it('for joining say why they cannot be used', async () => {
    const { access } = await accessWithAdmin()
    const made = await access.createJoinToken({ usesMax: 1, ttlMs: 60_000, labels: {}, zone: 'z1' }, admin)
    expect(made.ok && made.value.view.state).toBe('usable')
    await access.revokeJoinToken({ id: (made.ok ? made.value.view.id : '') as TokenId }, admin)
    expect(access.listJoinTokens()[0]?.state).toBe('revoked')
    const bad = await access.createJoinToken(
      { usesMax: 1, ttlMs: 60_000, labels: { 'Bad Key': 'x' }, zone: null },
      admin,
    )
    expect(bad).toMatchObject({ ok: false, error: { code: 'bad_input', field: 'labels' } })
  })
})

describe('a hand-off ticket', () => {
  it('works once, at the controller it is for', async () => {
    const { core, access, secret } = await accessWithAdmin()
    // The peer is this same process under another id: it reads the same store.
    const peer = createAccessService({ ...core, id: 'c2' as ControllerId }, { crypto: testCrypto, hasher })
    await addController(core, 'c2')
    const issued = await access.issueTickets(secret)
    const ticket = issued.ok ? issued.value.find(({ controllerId }) => controllerId === 'c2')?.ticket : undefined
    if (!ticket) throw new Error('no ticket')

    expect(await access.redeemTicket(ticket, from)).toMatchObject({ ok: false, error: { code: 'bad_token' } })
    const uses = await Promise.all([peer.redeemTicket(ticket, from), peer.redeemTicket(ticket, from)])
    expect(uses.filter((use) => use.ok)).toHaveLength(1)
  })

  it('is worth nothing after the session ended', async () => {
    const { core, access, secret } = await accessWithAdmin()
    const peer = createAccessService({ ...core, id: 'c2' as ControllerId }, { crypto: testCrypto, hasher })
    await addController(core, 'c2')
    const issued = await access.issueTickets(secret)
    const ticket = issued.ok ? (issued.value[0]?.ticket ?? '') : ''
    await access.signOut(secret)
    expect(await peer.redeemTicket(ticket, from)).toMatchObject({ ok: false })
  })
})

async function addController(core: TestCore, id: string) {
  const atMs = core.platform.clock.unixMs() as UnixMs
  await core.committer.commit({
    changes: [
      put(
        'controller',
        {
          v: 1,
          id: id as ControllerId,
          incarnation: `${id}-life` as Incarnation,
          state: 'live',
          sinceMs: atMs,
          startedAtMs: atMs,
          url: 'http://127.0.0.1:2',
          version: '0.0.0',
          nodeId: null,
        },
        0,
      ),
    ],
    meta: { atMs, actor: 'test', events: [] },
  })
}
