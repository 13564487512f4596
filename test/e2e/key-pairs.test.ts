// Key pairs, from the SDK to the user's template and back.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DescribeKeyPairsCommand,
  ImportKeyPairCommand,
} from '@aws-sdk/client-ec2'
import { expect, it } from 'vitest'
import { call, ec2 } from './cloud.ts'

const client = ec2()

const fingerprint = (bytes: Buffer) =>
  createHash('sha1')
    .update(bytes)
    .digest('hex')
    .replace(/..(?=.)/g, '$&:')

it('makes an RSA key pair whose private half only the caller has', async () => {
  const made = await client.send(new CreateKeyPairCommand({ KeyName: 'rsa' }))
  expect(made.KeyPairId).toMatch(/^key-[0-9a-f]{17}$/)
  const key = createPrivateKey(made.KeyMaterial ?? '')
  expect(made.KeyFingerprint).toBe(fingerprint(key.export({ format: 'der', type: 'pkcs8' })))
  const { KeyPairs } = await client.send(new DescribeKeyPairsCommand({ KeyNames: ['rsa'], IncludePublicKey: true }))
  expect(KeyPairs?.[0]).toMatchObject({ KeyName: 'rsa', KeyType: 'rsa', KeyPairId: made.KeyPairId })
  const stored = KeyPairs?.[0]?.PublicKey?.split(' ')[1]
  const jwk = createPublicKey(key).export({ format: 'jwk' })
  expect(Buffer.from(stored ?? '', 'base64').includes(Buffer.from(jwk.n ?? '', 'base64url'))).toBe(true)
})

it('makes and imports ED25519 keys, and finds them by filters and tags', async () => {
  const tags = [{ ResourceType: 'key-pair' as const, Tags: [{ Key: 'for', Value: 'tests' }] }]
  const made = await client.send(
    new CreateKeyPairCommand({ KeyName: 'ed', KeyType: 'ed25519', TagSpecifications: tags }),
  )
  const { KeyPairs } = await client.send(new DescribeKeyPairsCommand({ KeyNames: ['ed'], IncludePublicKey: true }))
  const imported = await client.send(
    new ImportKeyPairCommand({
      KeyName: 'ed again',
      PublicKeyMaterial: Buffer.from(KeyPairs?.[0]?.PublicKey ?? ''),
    }),
  )
  expect(imported.KeyFingerprint).toBe(made.KeyFingerprint)
  await client.send(new CreateTagsCommand({ Resources: [imported.KeyPairId ?? ''], Tags: tags[0]?.Tags }))
  const found = async (Name: string, Values: string[]) => {
    const answer = await client.send(new DescribeKeyPairsCommand({ Filters: [{ Name, Values }] }))
    return answer.KeyPairs?.map(pair => pair.KeyName)
  }
  expect(await found('tag:for', ['tests'])).toEqual(['ed', 'ed again'])
  expect(await found('key-pair-id', [imported.KeyPairId ?? ''])).toEqual(['ed again'])
  expect(await found('key-name', ['ed*'])).toEqual(['ed', 'ed again'])
  expect(await found('fingerprint', [made.KeyFingerprint ?? ''])).toEqual(['ed', 'ed again'])
})

it('refuses a name twice, and deletes once or twice', async () => {
  await client.send(new CreateKeyPairCommand({ KeyName: 'twice', KeyType: 'ed25519' }))
  const again = await call('CreateKeyPair', { KeyName: 'twice' })
  expect([again.status, again.code]).toEqual([400, 'InvalidKeyPair.Duplicate'])
  await client.send(new DeleteKeyPairCommand({ KeyName: 'twice' }))
  const absent = await call('DeleteKeyPair', { KeyName: 'twice' })
  expect(absent.text).toContain('<return>true</return>')
  const gone = await call('DescribeKeyPairs', { 'KeyName.1': 'twice' })
  expect([gone.status, gone.code]).toEqual([400, 'InvalidKeyPair.NotFound'])
})

it('loses none of twenty made at once', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `parallel ${index}`)
  await Promise.all(names.map(KeyName => client.send(new CreateKeyPairCommand({ KeyName, KeyType: 'ed25519' }))))
  const { KeyPairs } = await client.send(
    new DescribeKeyPairsCommand({ Filters: [{ Name: 'key-name', Values: ['parallel *'] }] }),
  )
  expect(KeyPairs?.map(({ KeyName }) => KeyName).sort()).toEqual(names.sort())
})

it.each<[string, string, Record<string, string>, string]>([
  ['no name', 'CreateKeyPair', {}, 'MissingParameter'],
  ['an empty name', 'CreateKeyPair', { KeyName: '' }, 'MissingParameter'],
  ['an emoji in a name', 'CreateKeyPair', { KeyName: '🔑' }, 'InvalidParameterValue'],
  ['an unknown type', 'CreateKeyPair', { KeyName: 'k', KeyType: 'dsa' }, 'InvalidParameterValue'],
  ['an unknown format', 'CreateKeyPair', { KeyName: 'k', KeyFormat: 'jks' }, 'InvalidParameterValue'],
  ['no key', 'ImportKeyPair', { KeyName: 'k' }, 'MissingParameter'],
  ['rubbish', 'ImportKeyPair', { KeyName: 'k', PublicKeyMaterial: btoa('ssh-rsa x') }, 'InvalidKey.Format'],
  ['no base64', 'ImportKeyPair', { KeyName: 'k', PublicKeyMaterial: '%' }, 'InvalidParameterValue'],
  ['a deletion of nothing', 'DeleteKeyPair', {}, 'MissingParameter'],
])('refuses %s', async (_, action, parameters, code) => {
  const answer = await call(action, parameters)
  expect([answer.status, answer.code]).toEqual([400, code])
})
