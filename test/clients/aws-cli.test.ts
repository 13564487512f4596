// The AWS CLI as a partner uses it first: who am I, what is there, an instance and a volume with their waiters.
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { type AwsCli, awsCli, cloudFor, run, type Variables, whyNot, withTool } from './tools.ts'

/** The first look of a waiter that is too early is followed by the next after fifteen seconds. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

withTool('AWS CLI', await whyNot('aws', '--version'), () => {
  let cloud: Cloud
  let env: Variables = {}
  let cli: AwsCli

  beforeAll(async () => {
    ;[{ cloud, env }, cli] = await Promise.all([cloudFor({ id: 2, name: 'helen' }), awsCli()])
  })
  afterAll(async () => {
    await cli[Symbol.asyncDispose]()
    await cloud.stop()
  })

  /** What a command prints, read where it is JSON. */
  async function aws(line: string): Promise<unknown> {
    const { status, stdout, stderr } = await cli.run([...line.split(' '), '--output', 'json'], env)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.trim() === '' ? undefined : JSON.parse(stdout)
  }

  const text = async (line: string) => String(await aws(line))

  it.concurrent('knows who and where it is', async () => {
    const lines = [
      'sts get-caller-identity --query Account',
      'iam get-user --query User.UserName',
      'iam list-account-aliases --query AccountAliases',
      'iam list-roles --query Roles',
      'ec2 describe-regions --query Regions[].RegionName',
      'ec2 describe-availability-zones --query AvailabilityZones[].ZoneName',
    ]
    expect(await Promise.all(lines.map(aws))).toEqual([
      ...['000000000002', 'helen', [], [], ['us-east-1'], ['one-a', 'one-b']],
    ])
  })

  it.concurrent('reads the trail, page after page', async () => {
    const [volume, other] = await Promise.all(
      [1, 2].map(size => text(`ec2 create-volume --availability-zone one-a --size ${size} --query VolumeId`)),
    )
    await aws(`ec2 delete-volume --volume-id ${volume}`)
    const lookUp = 'cloudtrail lookup-events --lookup-attributes'
    const names = `${lookUp} AttributeKey=ResourceName,AttributeValue=${volume} --query Events[].EventName`
    expect(await aws(names)).toEqual(['DeleteVolume', 'CreateVolume'])
    const created = await aws(
      `${lookUp} AttributeKey=EventName,AttributeValue=CreateVolume --page-size 1 --start-time 2020-01-01 ` +
        '--query Events[].Resources[].ResourceName',
    )
    expect(created).toEqual(expect.arrayContaining([volume, other]))
    await aws(`ec2 delete-volume --volume-id ${other}`)
    const { stderr } = await cli.run(['cloudtrail', 'describe-trails'], env)
    expect(stderr).toContain('(UnsupportedOperationException) when calling the DescribeTrails operation')
  })

  it.concurrent('reads quotas, page after page, and usage', async () => {
    const [ec2, ebs, address] = await Promise.all([
      aws('service-quotas list-service-quotas --service-code ec2 --query Quotas[].QuotaCode'),
      aws('service-quotas list-service-quotas --service-code ebs --page-size 2 --query length(Quotas)'),
      aws('service-quotas get-service-quota --service-code ec2 --quota-code L-0263D0A3 --query Quota.Value'),
    ])
    expect(ec2).toContain('L-1216C47A')
    expect([ebs, address]).toEqual([8, cloud.sandbox.world.networks.get(1)?.ranges[0]?.size])
    const today = new Date()
    const [first, next] = [0, 1].map(months =>
      new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months, 1)).toISOString().slice(0, 10),
    )
    const usage = await aws(
      `ce get-cost-and-usage --time-period Start=${first},End=${next} --granularity MONTHLY --metrics UsageQuantity ` +
        '--group-by Type=DIMENSION,Key=USAGE_TYPE --query ResultsByTime[].TimePeriod',
    )
    expect(usage).toEqual([{ Start: first, End: next }])
  })

  it.concurrent('makes temporary credentials, and works with them', async () => {
    const made = await aws('sts get-session-token --duration-seconds 900 --query Credentials')
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = made as Readonly<Record<string, string>>
    const temporary = {
      ...env,
      ...{ AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey, AWS_SESSION_TOKEN: SessionToken },
    }
    for (const line of ['ec2 describe-regions', 'sts get-caller-identity', 'iam list-access-keys']) {
      expect(await cli.run(line.split(' '), temporary)).toMatchObject({ status: 0, stderr: '' })
    }
    const altered = {
      ...temporary,
      AWS_SESSION_TOKEN: SessionToken.replace(/^./, first => (first === 'A' ? 'B' : 'A')),
    }
    expect((await cli.run(['ec2', 'describe-regions'], altered)).stderr).toContain('InvalidClientTokenId')
  })

  it.concurrent('goes from an empty volume to an instance and back', async () => {
    const volume = await text('ec2 create-volume --availability-zone one-a --size 1 --query VolumeId')
    await aws(`ec2 wait volume-available --volume-ids ${volume}`)
    const snapshot = await text(`ec2 create-snapshot --volume-id ${volume} --query SnapshotId`)
    await aws(`ec2 wait snapshot-completed --snapshot-ids ${snapshot}`)
    const disk = `DeviceName=/dev/sda1,Ebs={SnapshotId=${snapshot}}`
    const image = await text(
      `ec2 register-image --name cli --root-device-name /dev/sda1 --block-device-mappings ${disk} --query ImageId`,
    )
    await aws(`ec2 wait image-available --image-ids ${image}`)
    const userData = join(tmpdir(), `econe-user-data-${process.pid}`)
    await writeFile(userData, '#!/bin/sh\n')
    const instance = await text(
      `ec2 run-instances --image-id ${image} --instance-type m1.small --user-data file://${userData} ` +
        '--tag-specifications ResourceType=instance,Tags=[{Key=Name,Value=cli}] --query Instances[0].InstanceId',
    )
    await aws(`ec2 wait instance-running --instance-ids ${instance}`)
    await aws(`ec2 wait instance-status-ok --instance-ids ${instance}`)
    const named =
      'ec2 describe-instances --filters Name=tag:Name,Values=cli --query Reservations[].Instances[].InstanceId'
    expect(await aws(named)).toEqual([instance])
    await aws(`ec2 attach-volume --volume-id ${volume} --instance-id ${instance} --device /dev/sdf`)
    await aws(`ec2 wait volume-in-use --volume-ids ${volume}`)
    await aws(`ec2 terminate-instances --instance-ids ${instance}`)
    await Promise.all([
      aws(`ec2 wait instance-terminated --instance-ids ${instance}`),
      aws(`ec2 wait volume-available --volume-ids ${volume}`),
    ])
    await aws(`ec2 delete-volume --volume-id ${volume}`)
    await aws(`ec2 wait volume-deleted --volume-ids ${volume}`)
  })

  // As a program of its own
  it.concurrent('says what EC2 said where it is refused', async () => {
    const { status, stderr } = await run(
      'aws',
      ['ec2', 'terminate-instances', '--instance-ids', 'i-0123456789abcdef0'],
      env,
    )
    expect(status).not.toBe(0)
    expect(stderr).toContain('(InvalidInstanceID.NotFound) when calling the TerminateInstances operation')
  })
})
