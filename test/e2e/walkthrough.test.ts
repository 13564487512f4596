// The walk-through of the original, with AWS's own SDK: upload, register, run, describe, terminate.
import {
  CreateTagsCommand,
  DescribeAccountAttributesCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
} from '@aws-sdk/client-ec2'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { ec2, sts, until, upload, WAITING } from './cloud.ts'

const client = ec2()

it('says who is calling', async () => {
  const identity = await sts().send(new GetCallerIdentityCommand({}))
  expect(identity.Account).toBe('000000000002')
  expect(identity.Arn).toBe('arn:aws:iam::000000000002:user/helen')
})

/** The values of the account's attributes by their names. */
async function accountAttributes(): Promise<Record<string, string | undefined>> {
  const { AccountAttributes } = await client.send(new DescribeAccountAttributesCommand({}))
  return Object.fromEntries(
    (AccountAttributes ?? []).map(({ AttributeName = '', AttributeValues }) => [
      AttributeName,
      AttributeValues?.[0]?.AttributeValue,
    ]),
  )
}

it('takes an image from the file to a terminated instance', async () => {
  const imageId = await upload(new Blob([new Uint8Array(3 * 1024 * 1024)]), 'gentoo.img')
  const registered = await client.send(new RegisterImageCommand({ ImageLocation: imageId, Name: undefined }))
  expect(registered.ImageId).toBe(imageId)
  await until('the import', async () => {
    const { Images } = await client.send(new DescribeImagesCommand({ ImageIds: [imageId] }))
    return Images?.[0]?.State === 'available'
  })

  const run = await client.send(
    new RunInstancesCommand({ ImageId: imageId, InstanceType: 'm1.small', MinCount: 1, MaxCount: 1 }),
  )
  const [instance] = run.Instances ?? []
  const InstanceIds = [instance?.InstanceId ?? '']
  expect(InstanceIds[0]).toMatch(/^i-[1-9a-f][0-9a-f]{16}$/)
  expect(instance).toMatchObject({ ImageId: imageId, InstanceType: 'm1.small', State: { Name: 'pending' } })
  expect(instance?.PrivateIpAddress).toMatch(/^10\./)
  expect(run.OwnerId).toBe('000000000002')

  const attributes = await accountAttributes()
  expect(attributes['supported-platforms']).toBe('VPC')
  expect(attributes['default-vpc']).toBe(instance?.VpcId)

  await waitUntilInstanceRunning({ client, ...WAITING }, { InstanceIds })
  await client.send(new CreateTagsCommand({ Resources: InstanceIds, Tags: [{ Key: 'Näme ☃', Value: '"]]>\\ 🐧' }] }))
  const { Reservations } = await client.send(
    new DescribeInstancesCommand({ Filters: [{ Name: 'tag:Näme ☃', Values: ['*🐧'] }] }),
  )
  expect(Reservations?.[0]?.ReservationId).toBe(run.ReservationId)
  expect(Reservations?.[0]?.Instances?.map(each => each.InstanceId)).toEqual(InstanceIds)

  const { TerminatingInstances } = await client.send(new TerminateInstancesCommand({ InstanceIds }))
  expect(TerminatingInstances).toEqual([
    {
      InstanceId: InstanceIds[0],
      PreviousState: { Code: 16, Name: 'running' },
      CurrentState: { Code: 32, Name: 'shutting-down' },
    },
  ])
  await waitUntilInstanceTerminated({ client, ...WAITING }, { InstanceIds })
})

it('is told as many elastic addresses as there are', async () => {
  const attributes = await accountAttributes()
  expect([attributes['max-elastic-ips'], attributes['vpc-max-elastic-ips']]).toEqual(['64', '64'])
  expect(attributes['max-instances']).toBe(String(limits.unlimitedQuota.most))
})
