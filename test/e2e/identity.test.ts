// Who am I, and what of IAM is there: what tools ask before they begin.
import {
  GetInstanceProfileCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccountAliasesCommand,
  ListInstanceProfilesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { AwsClient } from 'aws4fetch'
import { describe, expect, it } from 'vitest'
import { credentials, endpoint, iam, type Raw, raw, sts, upstream } from './cloud.ts'

const client = iam()

/** A query of IAM's, signed for this service and region. */
async function query(form: string, service = 'iam', region = 'us-east-1'): Promise<Raw> {
  const signer = new AwsClient({ ...credentials(), service, region, retries: 0 })
  return raw(await signer.fetch(`${endpoint}/?${form}&Version=2010-05-08`))
}

describe('the caller', () => {
  it('is the user of whom STS tells', async () => {
    const { Arn, UserId } = await sts().send(new GetCallerIdentityCommand({}))
    const { User } = await client.send(new GetUserCommand({}))
    expect(User).toEqual({ Path: '/', UserName: 'helen', UserId, Arn, CreateDate: new Date(0) })
    expect((await client.send(new GetUserCommand({ UserName: 'helen' }))).User).toEqual(User)
  })

  it('is the only user', async () => {
    await expect(client.send(new GetUserCommand({ UserName: 'rival' }))).rejects.toMatchObject({
      ...{ name: 'NoSuchEntityException', message: 'The user with name rival cannot be found.' },
      $metadata: { httpStatusCode: 404 },
    })
  })

  it('gets no session token by another device', async () => {
    const SerialNumber = 'arn:aws:iam::000000000002:mfa/helen'
    await expect(sts().send(new GetSessionTokenCommand({ SerialNumber, TokenCode: '123456' }))).rejects.toMatchObject({
      ...{ name: 'UnsupportedOperation', $fault: 'client', message: expect.stringContaining('SerialNumber') as string },
    })
  })
})

describe('IAM', () => {
  it('has no roles, profiles and aliases, and asks OpenNebula for none', async () => {
    const requests = await upstream(async () => {
      expect(await client.send(new ListAccountAliasesCommand({}))).toMatchObject({
        ...{ AccountAliases: [], IsTruncated: false },
      })
      expect(await client.send(new ListRolesCommand({ PathPrefix: '/x/', MaxItems: 100 }))).toMatchObject({
        ...{ Roles: [], IsTruncated: false },
      })
      expect(await client.send(new ListInstanceProfilesCommand({}))).toMatchObject({
        ...{ InstanceProfiles: [], IsTruncated: false },
      })
    })
    expect(requests).toEqual([])
  })

  it('knows no role and no instance profile of any name', async () => {
    const missing = { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } }
    const role = client.send(new GetRoleCommand({ RoleName: 'admin' }))
    await expect(role).rejects.toMatchObject({ ...missing, message: 'The role with name admin cannot be found.' })
    const profile = client.send(new GetInstanceProfileCommand({ InstanceProfileName: 'web' }))
    await expect(profile).rejects.toMatchObject({ ...missing, message: 'Instance Profile web cannot be found.' })
  })

  it('answers in its own form', async () => {
    const good = await query('Action=ListRoles')
    expect(good.text).toMatch(
      /^<\?xml .*<ListRolesResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/"><ListRolesResult><Roles><\/Roles><IsTruncated>false<\/IsTruncated><\/ListRolesResult><ResponseMetadata><RequestId>[^<]+<\/RequestId><\/ResponseMetadata><\/ListRolesResponse>$/s,
    )
    const bad = await query('Action=GetRole&RoleName=x')
    expect([bad.status, bad.text]).toEqual([
      404,
      expect.stringContaining(
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>',
      ),
    ])
  })

  it.each([
    ['Action=ListRoles', 'iam', 'us-east-1', undefined],
    ['Action=ListRoles', 'iam', 'opennebula', undefined],
    ['Action=ListRoles', 'iam', 'mars-1', 'SignatureDoesNotMatch'],
    ['Action=ListRoles', 'ec2', 'us-east-1', 'SignatureDoesNotMatch'],
    ['Action=ListRoles&MaxItems=0', 'iam', 'us-east-1', 'ValidationError'],
    ['Action=ListRoles&MaxItems=1001', 'iam', 'us-east-1', 'ValidationError'],
    ['Action=ListRoles&MaxItems=ten', 'iam', 'us-east-1', 'MalformedInput'],
    ['Action=ListRoles&Marker=x', 'iam', 'us-east-1', 'UnsupportedOperation'],
    ['Action=GetRole', 'iam', 'us-east-1', 'ValidationError'],
    ['Action=GetRole&RoleName=a/b', 'iam', 'us-east-1', 'ValidationError'],
    ['Action=CreateRole&RoleName=x', 'iam', 'us-east-1', 'UnsupportedOperation'],
  ])('takes %s for %s in %s: %s', async (form, service, region, code) => {
    expect((await query(form, service, region)).code).toBe(code)
  })
})
