// Who may call: passwords, login tokens, server_cipher tokens and what it costs when they are not remembered.
import { describe, expect, test } from 'vitest'
import { client, element, serverToken } from '../rpc.ts'
import { start } from '../start.ts'

const REFUSED = { ok: false, code: 256, value: "[one.user.info] User couldn't be authenticated, aborting call." }

const later = (): number => Math.floor(Date.now() / 1000) + 3600

describe('server_cipher tokens', () => {
  test('the first use of a token is an auth process, later ones are not', async () => {
    const { sandbox, url } = await start()
    const helen = client(url, serverToken('serveradmin', 'helen', later()))
    for (let index = 0; index < 3; index += 1) expect((await helen('one.user.info', -1)).ok).toBe(true)
    expect(sandbox.world.statistics).toMatchObject({ authentications: 1, evictions: 0 })
  })

  test('two tokens for one user evict each other, every time', async () => {
    const { sandbox, url } = await start()
    const [one, other] = [later(), later() + 1].map(expiry => client(url, serverToken('serveradmin', 'helen', expiry)))
    for (let index = 0; index < 3; index += 1) {
      await one?.('one.user.info', -1)
      await other?.('one.user.info', -1)
    }
    expect(sandbox.world.statistics).toMatchObject({ authentications: 6, evictions: 5 })
  })

  test('tokens of different users do not', async () => {
    const { sandbox, url } = await start()
    for (const name of ['helen', 'rival', 'helen', 'rival']) {
      const expiry = Math.ceil(later() / 900) * 900
      await client(url, serverToken('serveradmin', name, expiry))('one.user.info', -1)
    }
    expect(sandbox.world.statistics).toMatchObject({ authentications: 2, evictions: 0 })
  })

  test('a token is remembered for 15 minutes', async () => {
    const { sandbox, url } = await start()
    const helen = client(url, serverToken('serveradmin', 'helen', later()))
    await helen('one.user.info', -1)
    sandbox.advance(901_000)
    await helen('one.user.info', -1)
    expect(sandbox.world.statistics).toMatchObject({ authentications: 2, evictions: 0 })
  })

  test('an unremembered token costs the configured delay', async () => {
    const { sandbox, url } = await start({ authDelay: 150 })
    const helen = client(url, serverToken('serveradmin', 'helen', later()))
    await helen('one.user.info', -1)
    await helen('one.user.info', -1)
    const [first, second] = sandbox.log.list()
    expect(first?.ms).toBeGreaterThan(140)
    expect(second?.ms).toBeLessThan(first?.ms ?? 0)
  })

  test.each([
    ['made with another password', () => serverToken('wrong', 'helen', later())],
    ['expired', () => serverToken('serveradmin', 'helen', later() - 7200)],
    ['for nobody', () => serverToken('serveradmin', 'nobody', later())],
    ['with the target changed', () => serverToken('serveradmin', 'rival', later()).replace(':rival:', ':helen:')],
    ['no base64', () => 'serveradmin:helen:!!!'],
  ])('refused: %s', async (_, session) => {
    const { url } = await start()
    expect(await client(url, session())('one.user.info', -1)).toEqual(REFUSED)
  })
})

describe('users', () => {
  test('a disabled user is refused, but a server may go on speaking for it', async () => {
    const { url, admin, helen } = await start()
    const token = serverToken('serveradmin', 'helen', later())
    expect((await client(url, token)('one.user.info', -1)).ok).toBe(true)
    expect(await admin('one.user.enable', 2, false)).toMatchObject({ ok: true })
    expect(await helen('one.user.info', -1)).toEqual(REFUSED)
    expect(element((await client(url, token)('one.user.info', -1)).value, 'ENABLED')).toBe('0')
  })

  test('a login token works until it expires, and can be revoked', async () => {
    const { sandbox, url, helen } = await start()
    const { value: token } = await helen('one.user.login', 'helen', '', 60, -1)
    const withToken = client(url, `helen:${token}`)
    expect((await withToken('one.user.info', -1)).ok).toBe(true)
    sandbox.advance(61_000)
    expect(await withToken('one.user.info', -1)).toEqual(REFUSED)
    const { value: other } = await helen('one.user.login', 'helen', '', -1, -1)
    expect((await helen('one.user.login', 'helen', other, 0, -1)).ok).toBe(true)
    expect(await client(url, `helen:${other}`)('one.user.info', -1)).toEqual(REFUSED)
  })

  test('a changed password is needed at once', async () => {
    const { url, helen } = await start()
    await helen('one.user.passwd', 2, 'new')
    expect(await helen('one.user.info', -1)).toEqual(REFUSED)
    expect((await client(url, 'helen:new')('one.user.info', -1)).ok).toBe(true)
  })

  test('a user whose certificate is checked by a proxy has no password', async () => {
    const { url } = await start({ seed: { users: [{ name: 'cert', password: 'cert', authDriver: 'public' }] } })
    expect(await client(url, 'cert:cert')('one.user.info', -1)).toEqual(REFUSED)
    const served = await client(url, serverToken('serveradmin', 'cert', later()))('one.user.info', -1)
    expect(element(served.value, 'AUTH_DRIVER')).toBe('public')
  })

  test('a seeded user has the group that was asked for', async () => {
    const { url } = await start({ seed: { users: [{ name: 'ann', password: 'x', group: 'lab' }] } })
    const { value } = await client(url, 'ann:x')('one.user.info', -1)
    expect([element(value, 'GID'), element(value, 'GNAME')]).toEqual(['100', 'lab'])
  })
})
