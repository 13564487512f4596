// Session tokens: what is signed with temporary credentials counts as long as all that they stand for does, and nothing else.
import { AwsClient } from 'aws4fetch'
import { describe, expect, it, vi } from 'vitest'
import type { AccessKey, FindKey } from '../../src/auth/access-key.ts'
import { authenticate } from '../../src/auth/authenticate.ts'
import type { Role } from '../../src/auth/roles.ts'
import { type FindRole, type NewSession, Sessions, type TemporaryKey } from '../../src/auth/sessions.ts'
import { signV2 } from '../../src/auth/sigv2.ts'
import { fromBase64, toBase64 } from '../../src/lib/bytes.ts'
import { limits } from '../../src/limits.ts'
import { alterations, helen, messageOf, NOW, policy, refusal, toSignedRequest } from './support.ts'

const HOUR = 3_600_000
const SECRETS = ['the master secret'] as const
const sessions = new Sessions(SECRETS, 'opennebula')

const parent: AccessKey = {
  ...helen,
  accessKeyId: 'AKIAAAAAAAAAAAAAAAAA',
  source: 'issued',
  policy: 'the policy of the key',
}
const plain: NewSession = { kind: 'session', issued: NOW, expires: NOW + HOUR, policies: [] }
const auditor: Role = {
  name: 'auditor',
  assumableBy: ['helen'],
  duration: 3600,
  created: NOW - HOUR,
  policy: 'of the role',
}

const knows =
  (...keys: readonly AccessKey[]): FindKey =>
  async id =>
    keys.find(({ accessKeyId }) => accessKeyId === id)
const hasRole =
  (...roles: readonly Role[]): FindRole =>
  async (name, user) =>
    roles.find(role => role.name === name && role.assumableBy.includes(user.name))

interface Sent {
  readonly service?: string
  readonly region?: string
  readonly presigned?: boolean
}

/** What a client with these credentials sends. */
async function signed(
  { accessKeyId, secret, token }: TemporaryKey,
  { service = 'ec2', region = 'opennebula', presigned = false }: Sent = {},
) {
  const signer = new AwsClient({ accessKeyId, secretAccessKey: secret, sessionToken: token, service, region })
  const request = await signer.sign('https://ec2.example.org/?Action=DescribeRegions&Version=2016-11-15', {
    headers: { 'x-amz-date': '20261123T101500Z' },
    aws: { datetime: '20261123T101500Z', signQuery: presigned },
  })
  return toSignedRequest(await messageOf(request))
}

interface Scene {
  readonly find?: FindKey
  readonly role?: FindRole
  readonly now?: number
  readonly by?: Sessions
  readonly service?: string
}

const enter = async (
  request: Awaited<ReturnType<typeof signed>>,
  { find = knows(parent), role = hasRole(auditor), now = NOW, by = sessions, service = 'ec2' }: Scene = {},
) => authenticate(request, policy({ service, now: () => now }), by.finder(find, role))

const invalid = { code: 'InvalidClientTokenId', status: 403 }

describe('temporary credentials', () => {
  it.each([{}, { presigned: true }])('are their key with what they were made for: %o', async sent => {
    const issued = await sessions.issue(parent, { ...plain, kind: 'federated', name: 'bob', policies: ['narrow'] })
    expect(issued.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/)
    expect(issued.secret).toMatch(/^[A-Za-z0-9+/]{40}$/)
    const { key } = await enter(await signed(issued, sent))
    expect(key).toMatchObject({ user: parent.user, policy: parent.policy, accessKeyId: issued.accessKeyId })
    expect(key.session).toEqual({
      ...{ parent: parent.accessKeyId, kind: 'federated', name: 'bob', issued: NOW, expires: NOW + HOUR },
      policies: ['narrow'],
    })
  })

  it('sign with version 2 too', async () => {
    const { accessKeyId, secret, token } = await sessions.issue(parent, plain)
    const request = {
      method: 'GET',
      host: 'ec2.example.org',
      path: '/',
      parameters: [['SecurityToken', token]] as const,
    }
    const parameters = await signV2(request, { accessKeyId, secret }, () => NOW)
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value])).toString()
    const message = { method: 'GET', path: '/', query, headers: { host: 'ec2.example.org' }, body: '' }
    expect((await enter(toSignedRequest(message))).key.session?.parent).toBe(parent.accessKeyId)
  })

  it('say nothing of what they are in their token', async () => {
    const { token, secret } = await sessions.issue(parent, { ...plain, policies: ['a narrow policy'] })
    const bytes = fromBase64(token) ?? new Uint8Array()
    for (const hidden of ['helen', 'narrow', parent.accessKeyId, parent.secret, secret]) {
      expect(new TextDecoder('latin1').decode(bytes)).not.toContain(hidden)
    }
  })

  it('fit into what is read of a token with the longest policy', async () => {
    const longest = '\\"'.repeat(limits.sessionPolicy.most / 2)
    const issued = await sessions.issue(parent, {
      ...{ ...plain, kind: 'role', name: 'x'.repeat(64) },
      ...{ role: { name: 'y'.repeat(64), created: NOW }, policies: [longest] },
    })
    expect(issued.token.length).toBeLessThan(limits.sessionToken.most)
    await enter(await signed(issued), { role: hasRole({ ...auditor, name: 'y'.repeat(64), created: NOW }) })
  })

  it('count under a secret that is to be forgotten', async () => {
    const issued = await sessions.issue(parent, plain)
    const by = new Sessions(['a new one', ...SECRETS], 'opennebula')
    await enter(await signed(issued), { by })
    const later = new Sessions(['a new one'], 'opennebula')
    expect(await refusal(enter(await signed(issued), { by: later }))).toMatchObject(invalid)
  })
})

describe('a token that was opened before', () => {
  it('is not opened again, and is what it was', async () => {
    const issued = await sessions.issue(parent, { ...plain, policies: ['narrow'] })
    const first = await enter(await signed(issued))
    const opening = vi.spyOn(crypto.subtle, 'decrypt')
    const again = await enter(await signed(issued, { service: 'sts' }), { service: 'sts' })
    expect(opening).not.toHaveBeenCalled()
    opening.mockRestore()
    expect(again.key).toEqual(first.key)
  })

  it('counts no longer than all that it stands for, and no wider', async () => {
    const SECOND = 1000
    const ending = { ...plain, expires: NOW + SECOND }
    const issued = await sessions.issue(parent, { ...ending, kind: 'role', name: 'x', role: auditor })
    const other = await sessions.issue(parent, plain)
    await enter(await signed(issued))
    const scenes: readonly (readonly [Scene, string])[] = [
      [{ now: NOW + SECOND }, 'RequestExpired'],
      [{ find: knows() }, invalid.code],
      [{ find: knows({ ...parent, user: { id: 3, name: 'helen' } }) }, invalid.code],
      [{ find: knows({ ...parent, secret: 'another' }) }, 'SignatureDoesNotMatch'],
      [{ role: hasRole() }, invalid.code],
      [{ role: hasRole({ ...auditor, created: NOW }) }, invalid.code],
    ]
    for (const [scene, code] of scenes) {
      expect(await refusal(enter(await signed(issued), scene))).toMatchObject({ code })
      await enter(await signed(issued))
    }
    const narrower = await enter(await signed(issued), {
      ...{ find: knows({ ...parent, policy: 'narrow' }), role: hasRole({ ...auditor, policy: 'changed' }) },
    })
    expect(narrower.key).toMatchObject({ policy: 'narrow', session: { policies: ['changed'] } })
    for (const token of [...alterations(issued.token, 1)].slice(0, 40)) {
      if (/^[\x21-\x7e]+$/.test(token)) {
        expect(await refusal(enter(await signed({ ...issued, token })))).toMatchObject(invalid)
      }
    }
    expect(await refusal(enter(await signed({ ...issued, accessKeyId: other.accessKeyId })))).toMatchObject(invalid)
  })
})

describe('of N that do not count, none is accepted', () => {
  it.each([
    ['ec2', 'RequestExpired', 400],
    ['sts', 'ExpiredToken', 403],
    ['iam', 'ExpiredToken', 403],
  ])('those that have ended, by %s', async (service, code, status) => {
    const issued = await sessions.issue(parent, { ...plain, expires: NOW })
    expect(await refusal(enter(await signed(issued, { service }), { service }))).toMatchObject({ code, status })
    const later = await sessions.issue(parent, { ...plain, expires: NOW + 1 })
    await enter(await signed(later, { service }), { service })
  })

  it('those whose token was altered, wherever', async () => {
    const issued = await sessions.issue(parent, { ...plain, policies: ['narrow'] })
    let tried = 0
    // Every character, and every byte in an encoding that is sound again
    for (const flip of [1, 2, 4]) {
      for (const token of alterations(issued.token, flip)) {
        if (!/^[\x21-\x7e]+$/.test(token)) continue
        expect(await refusal(enter(await signed({ ...issued, token })))).toMatchObject(invalid)
        tried++
      }
    }
    const bytes = fromBase64(issued.token) ?? new Uint8Array()
    for (const at of bytes.keys()) {
      const altered = bytes.slice()
      altered[at] = (altered[at] ?? 0) ^ 0x80
      expect(await refusal(enter(await signed({ ...issued, token: toBase64(altered) })))).toMatchObject(invalid)
      tried++
    }
    for (const token of [issued.token.slice(0, -4), `${issued.token}AAAA`, 'x', 'A'.repeat(9000)]) {
      expect(await refusal(enter(await signed({ ...issued, token })))).toMatchObject(invalid)
    }
    expect(tried).toBeGreaterThan(1000)
  })

  it('those under the id or with the secret of others', async () => {
    const [one, other] = [await sessions.issue(parent, plain), await sessions.issue(parent, plain)]
    expect(await refusal(enter(await signed({ ...one, accessKeyId: other.accessKeyId })))).toMatchObject(invalid)
    expect(await refusal(enter(await signed({ ...one, secret: other.secret })))).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    expect(await refusal(enter(await signed({ ...one, secret: parent.secret })))).toMatchObject({
      code: 'SignatureDoesNotMatch',
    })
    // With a token that allows more, in place of one's own
    const narrow = await sessions.issue(parent, { ...plain, policies: ['narrow'] })
    const request = await signed(narrow)
    const headers = new Map([...request.headers, ['x-amz-security-token', one.token]])
    expect(await refusal(enter({ ...request, headers }))).toMatchObject(invalid)
  })

  it('those of another region', async () => {
    const issued = await new Sessions(SECRETS, 'elsewhere').issue(parent, plain)
    expect(await refusal(enter(await signed(issued)))).toMatchObject(invalid)
  })

  it.each<[string, FindKey]>([
    ['is gone, disabled or expired', knows()],
    ['is of another user', knows({ ...parent, user: { id: 3, name: 'helen' } })],
    ['is of a user who was renamed', knows({ ...parent, user: { id: 2, name: 'helena' } })],
  ])('those whose key %s', async (_, find) => {
    const issued = await sessions.issue(parent, plain)
    expect(await refusal(enter(await signed(issued), { find }))).toMatchObject(invalid)
  })

  it('those whose key has another secret by now', async () => {
    const issued = await sessions.issue(parent, plain)
    const find = knows({ ...parent, secret: 'another password' })
    expect(await refusal(enter(await signed(issued), { find }))).toMatchObject({ code: 'SignatureDoesNotMatch' })
  })

  it.each<[string, FindRole]>([
    ['is gone', hasRole()],
    ['was defined anew', hasRole({ ...auditor, created: NOW })],
    ['is no longer for the user', hasRole({ ...auditor, assumableBy: ['rival'] })],
  ])('those of a role that %s', async (_, role) => {
    const issued = await sessions.issue(parent, { ...plain, kind: 'role', name: 'x', role: auditor })
    expect((await enter(await signed(issued))).key.session?.policies).toEqual(['of the role'])
    expect(await refusal(enter(await signed(issued), { role }))).toMatchObject(invalid)
  })

  it('those without their token, and keys with one', async () => {
    const issued = await sessions.issue(parent, plain)
    const { accessKeyId, secret, token } = issued
    const find = knows(parent, { ...parent, accessKeyId, secret })
    const without = async (service: string) =>
      refusal(enter(await signed({ accessKeyId, secret, token: '' }, { service }), { find, service }))
    expect(await without('ec2')).toMatchObject({ code: 'AuthFailure', status: 401 })
    expect(await without('sts')).toMatchObject(invalid)
    for (const key of [parent, helen]) {
      const request = await signed({ ...issued, accessKeyId: key.accessKeyId, secret: key.secret })
      expect(await refusal(enter(request, { find: knows(parent, helen) }))).toMatchObject(invalid)
    }
    expect(token).not.toBe('')
  })

  it('those that have one token in the query and another in a header', async () => {
    const issued = await sessions.issue(parent, plain)
    const request = await signed(issued, { presigned: true })
    const headers = new Map([...request.headers, ['x-amz-security-token', 'another']])
    expect(await refusal(enter({ ...request, headers }))).toMatchObject(invalid)
  })

  it('whatever a key may do now, they may do no more: its policy is asked as it is', async () => {
    const issued = await sessions.issue(parent, plain)
    const { key } = await enter(await signed(issued), { find: knows({ ...parent, policy: 'a narrower one' }) })
    expect(key.policy).toBe('a narrower one')
  })
})
