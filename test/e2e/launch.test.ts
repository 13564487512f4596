// RunInstances with everything that clients send, and what becomes of it on the OpenNebula side.
import {
  CreateKeyPairCommand,
  DescribeInstancesCommand,
  type Instance,
  type Reservation,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, sandbox, upstream } from './cloud.ts'

const client = ec2()
let ImageId = ''

beforeAll(async () => {
  ImageId = await anImage()
})

const run = (input: Partial<RunInstancesCommandInput> = {}) =>
  client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ...input }))

const idsOf = (instances: readonly Instance[] = []) => instances.flatMap(({ InstanceId }) => InstanceId ?? [])

async function terminate(instances: readonly Instance[] = []): Promise<void> {
  await client.send(new TerminateInstancesCommand({ InstanceIds: idsOf(instances) }))
}

/** Has the sandbox refuse the next such call, as a cloud without capacity would. */
const refuseOnce = (method: string) =>
  sandbox('POST', 'faults', { method, times: 1, kind: 'error', code: 2048, message: 'no capacity' })

describe('RunInstances', () => {
  it('starts several as one reservation, in three upstream requests', async () => {
    let reservation: Reservation = {}
    const requests = await upstream(async () => {
      reservation = await run({ MinCount: 20, MaxCount: 20 })
    })
    const { Instances, ReservationId } = reservation
    expect(idsOf(Instances)).toHaveLength(20)
    expect(Instances?.map(each => each.AmiLaunchIndex)).toEqual(Array.from({ length: 20 }, (_, index) => index))
    expect(requests.length).toBeLessThanOrEqual(3)
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: idsOf(Instances) }))
    expect(Reservations?.map(each => each.ReservationId)).toEqual([ReservationId])
    await terminate(Instances)
  })

  it('keeps what EC2 knows and OpenNebula does not', async () => {
    await client.send(new CreateKeyPairCommand({ KeyName: 'launch key' }))
    const { Instances } = await run({
      InstanceType: 'm1.large' as never,
      KeyName: 'launch key',
      UserData: Buffer.from('#!/bin/sh\necho "$HOME" \\').toString('base64'),
      Monitoring: { Enabled: true },
      Placement: { AvailabilityZone: 'one-b' },
      TagSpecifications: [
        { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'a "b" \\' }] },
        { ResourceType: 'volume', Tags: [{ Key: 'disk', Value: '1' }] },
      ],
      BlockDeviceMappings: [
        { DeviceName: '/dev/sda1', Ebs: { VolumeSize: 5 } },
        { DeviceName: '/dev/sdf', Ebs: { VolumeSize: 2, DeleteOnTermination: false } },
      ],
    })
    expect(Instances?.[0]).toMatchObject({
      InstanceType: 'm1.large',
      KeyName: 'launch key',
      Monitoring: { State: 'enabled' },
      Placement: { AvailabilityZone: 'one-b' },
      Tags: [{ Key: 'Name', Value: 'a "b" \\' }],
    })
    const [root, extra] = Instances?.[0]?.BlockDeviceMappings ?? []
    expect(root).toMatchObject({ Ebs: { DeleteOnTermination: true } })
    expect(extra).toMatchObject({ DeviceName: '/dev/sdf', Ebs: { DeleteOnTermination: false } })
    await terminate(Instances)
  })

  it('answers a repeated client token with the same reservation, and refuses another request under it', async () => {
    const ClientToken = crypto.randomUUID()
    const [first, ...repeats] = await Promise.all(Array.from({ length: 5 }, () => run({ ClientToken })))
    for (const repeat of repeats) expect(idsOf(repeat.Instances)).toEqual(idsOf(first?.Instances))
    await expect(run({ ClientToken, MaxCount: 2 })).rejects.toThrow(
      expect.objectContaining({ name: 'IdempotentParameterMismatch' }),
    )
    await terminate(first?.Instances)
  })

  it('says with DryRun that it would succeed, and does nothing', async () => {
    const requests = await upstream(async () => {
      const dry = await call('RunInstances', { ImageId, MinCount: '1', MaxCount: '1', DryRun: 'true' })
      expect([dry.status, dry.code]).toEqual([412, 'DryRunOperation'])
    })
    expect(requests.flat()).not.toContain('one.template.instantiate')
  })

  it.each<[string, Record<string, string>, string]>([
    ['an image that does not exist', { ImageId: 'ami-0123456789abcdef0' }, 'InvalidAMIID.NotFound'],
    ['an image id that is none', { ImageId: 'gentoo' }, 'InvalidAMIID.Malformed'],
    ['no image', { ImageId: '' }, 'MissingParameter'],
    ['no least count', { MinCount: '' }, 'InvalidParameterValue'],
    ['a count of nothing', { MinCount: '0' }, 'InvalidParameterValue'],
    ['a negative count', { MinCount: '-1' }, 'InvalidParameterValue'],
    ['a huge count', { MaxCount: '99999999999999999999' }, 'InvalidParameterValue'],
    ['more than there can be', { MaxCount: '100000' }, 'InstanceLimitExceeded'],
    ['at most fewer than at least', { MinCount: '3', MaxCount: '2' }, 'InvalidParameterValue'],
    ['a type that does not exist', { InstanceType: 'x9.huge' }, 'InvalidParameterValue'],
    ['a key that does not exist', { KeyName: 'nobody’s' }, 'InvalidKeyPair.NotFound'],
    ['a security group that does not exist', { 'SecurityGroupId.1': 'sg-99999999' }, 'InvalidGroup.NotFound'],
    ['a subnet that does not exist', { SubnetId: 'subnet-fffffffffffffffff' }, 'InvalidSubnetID.NotFound'],
    ['a zone that does not exist', { 'Placement.AvailabilityZone': 'mars-1a' }, 'InvalidParameterValue'],
    ['a private address that is none', { PrivateIpAddress: '10.0.0.256' }, 'InvalidParameterValue'],
    ['a private address for two', { PrivateIpAddress: '10.0.0.9', MaxCount: '2' }, 'InvalidParameterCombination'],
    ['user data that is no base64', { UserData: '%%%' }, 'InvalidUserData.Malformed'],
    ['too much user data', { UserData: btoa('x'.repeat(17 * 1024)) }, 'InvalidParameterValue'],
    ['a tag for another type', { 'TagSpecification.1.ResourceType': 'vpc' }, 'InvalidParameterValue'],
    [
      'a reserved tag',
      {
        'TagSpecification.1.ResourceType': 'instance',
        'TagSpecification.1.Tag.1.Key': 'aws:x',
        'TagSpecification.1.Tag.1.Value': '1',
      },
      'InvalidParameterValue',
    ],
    [
      'a root disk that is too small',
      {
        'BlockDeviceMapping.1.DeviceName': '/dev/sda1',
        'BlockDeviceMapping.1.Ebs.VolumeSize': '0',
      },
      'InvalidBlockDeviceMapping',
    ],
    ['what no action has', { Flavour: 'vanilla' }, 'UnknownParameter'],
    ['an instance profile', { 'IamInstanceProfile.Name': 'admin' }, 'UnsupportedOperation'],
  ])('refuses %s', async (_, parameters, code) => {
    const answer = await call('RunInstances', { ImageId, MinCount: '1', MaxCount: '1', ...parameters })
    expect([answer.status, answer.code]).toEqual([400, code])
  })

  it('undoes a launch of which too few instances come about', async () => {
    await refuseOnce('one.template.instantiate')
    const ClientToken = crypto.randomUUID()
    await expect(run({ MinCount: 3, MaxCount: 3, ClientToken })).rejects.toThrow(
      expect.objectContaining({ name: 'InsufficientInstanceCapacity' }),
    )
    const { Reservations } = await client.send(
      new DescribeInstancesCommand({
        Filters: [
          { Name: 'client-token', Values: [ClientToken] },
          { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] },
        ],
      }),
    )
    expect(Reservations).toEqual([])
  })

  it('is content with fewer than the most', async () => {
    await refuseOnce('one.template.instantiate')
    const { Instances } = await run({ MinCount: 1, MaxCount: 3 })
    expect(Instances).toHaveLength(2)
    await terminate(Instances)
  })
})
