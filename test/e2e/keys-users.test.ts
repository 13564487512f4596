// Issued keys, and what becomes of them when OpenNebula's users change: OpenNebula itself would let each of these in.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewKey } from '../../src/auth/key-record.ts'
import { addUser } from '../../src/sandbox/users/users.ts'
import type { User } from '../../src/sandbox/world/model.ts'
import { type Credentials, signedGet } from './signed.ts'
import { type Cloud, startCloud } from './stage.ts'

const names = ['plain', 'disabled', 'deleted', 'anew', 'renamed', 'promoted', 'joined', 'allowed'] as const
type Name = (typeof names)[number]

let cloud: Cloud

beforeAll(async () => {
  const users = names.map(name => ({ name, password: name }))
  cloud = await startCloud({ seed: { users } }, { USER_NAME_KEYS: 'false' })
})
afterAll(() => cloud.stop())

const userNamed = (name: string): User => {
  const user = cloud.sandbox.world.users.find(candidate => candidate.name === name)
  if (!user) throw new Error(`there is no user ${name}`)
  return user
}

const issueFor = (name: Name, more: Partial<NewKey> = {}): Promise<Credentials> =>
  cloud.issue({ user: { id: userNamed(name).id, name }, ...more })

/** Status and error code of a request that reads, and of one that changes something. */
async function answersTo(key: Credentials): Promise<string[]> {
  const answers = []
  for (const parameters of [{ Action: 'DescribeKeyPairs' }, { Action: 'CreateKeyPair', KeyName: 'a' }]) {
    const response = await signedGet(cloud.endpoint, key, parameters)
    const [, code = 'none'] = /<Code>(.*)<\/Code>/.exec(await response.text()) ?? []
    answers.push(`${response.status} ${code}`)
  }
  return answers
}

const refused = ['403 InvalidClientTokenId', '403 InvalidClientTokenId']

describe('a key', () => {
  it('is good for the user that it was issued for', async () => {
    expect(await answersTo(await issueFor('plain'))).toEqual(['200 none', '200 none'])
  })

  it.each<[Name, (user: User) => void]>([
    [
      'disabled',
      user => {
        user.enabled = false
      },
    ],
    ['deleted', user => cloud.sandbox.world.users.remove(user.id)],
    [
      'anew',
      ({ id, name }) => {
        cloud.sandbox.world.users.remove(id)
        addUser(cloud.sandbox.world, { name, secret: name, groups: [1] })
      },
    ],
    [
      'renamed',
      user => {
        user.name = 'another'
      },
    ],
    [
      'promoted',
      user => {
        user.groups = [0]
      },
    ],
    [
      'joined',
      user => {
        user.groups = [1, 0]
      },
    ],
  ])('is refused when the user is %s', async (name, change) => {
    const key = await issueFor(name)
    change(userNamed(name))
    expect(await answersTo(key)).toEqual(refused)
  })

  it('for an administrator is good where the operator allowed it', async () => {
    const key = await issueFor('allowed', { allowAdmin: true })
    userNamed('allowed').groups = [0]
    expect(await answersTo(key)).toEqual(['200 none', '200 none'])
    expect(await answersTo(await issueFor('allowed'))).toEqual(refused)
  })

  it('is neither refused nor taken while OpenNebula does not say who the user is', async () => {
    const { world, faults } = cloud.sandbox
    const user = addUser(world, { name: 'new', secret: 'new', groups: [1] })
    const key = await cloud.issue({ user: { id: user.id, name: 'new' } })
    faults.add({ method: 'one.group.info', kind: 'error', code: 8192, message: 'no' })
    expect(await answersTo(key)).toEqual(['503 Unavailable', '503 Unavailable'])
    faults.clear()
    expect(await answersTo(key)).toEqual(['200 none', '200 none'])
  })

  it('with a wrong secret asks nothing of OpenNebula', async () => {
    const { world, log } = cloud.sandbox
    const user = addUser(world, { name: 'asked', secret: 'asked', groups: [1] })
    const key = await cloud.issue({ user: { id: user.id, name: 'asked' } })
    log.clear()
    const forged = { ...key, secretAccessKey: 'not it' }
    expect(await answersTo(forged)).toEqual(['403 SignatureDoesNotMatch', '403 SignatureDoesNotMatch'])
    expect(log.list()).toEqual([])
  })
})

describe("econe's scheme", () => {
  it('is off where nothing is said of it', async () => {
    const { secret } = cloud.sandbox.user
    const key = { accessKeyId: 'helen', secretAccessKey: secret }
    expect(await answersTo(key)).toEqual(['401 AuthFailure', '401 AuthFailure'])
  })
})
