// Service Quotas over HTTP: what OpenNebula limits and uses, in AWS's words, and the account's attributes that say the same.
import {
  AllocateAddressCommand,
  DescribeAccountAttributesCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { client } from '../sandbox/rpc.ts'
import { anImage, control, ec2, upstream, WAITING } from './cloud.ts'
import { askJson } from './json.ts'

interface Quota {
  readonly QuotaCode: string
  readonly Value: number
}

const ask = (operation: string, input: object, user?: string) => askJson('servicequotas', operation, input, user)

const quotas = async (input: object, user?: string, operation = 'ListServiceQuotas') =>
  ((await ask(operation, input, user)).body as { Quotas: Quota[] }).Quotas

const valuesOf = async (service: string, user?: string, operation?: string) =>
  Object.fromEntries(
    (await quotas({ ServiceCode: service }, user, operation)).map(({ QuotaCode, Value }) => [QuotaCode, Value]),
  )

const admin = client(new URL('/RPC2', control).href, 'oneadmin:oneadmin')

const NETWORK = 1

// More than any other test of this cloud comes near
beforeAll(async () => {
  await admin('one.user.quota', 2, `VM=[VMS="900",RUNNING_VMS="-2",CPU="1000.5",MEMORY="9216000"]`)
  await admin('one.user.quota', 2, `DATASTORE=[ID="1",SIZE="104857600"] NETWORK=[ID="${NETWORK}",LEASES="60"]`)
  await admin('one.group.quota', 1, 'VM=[VMS="-2",RUNNING_VMS="800"] DATASTORE=[ID="1",IMAGES="5000"]')
})

afterAll(async () => {
  const none = `VM=[VMS="-1"] DATASTORE=[ID="1",SIZE="-1"] NETWORK=[ID="${NETWORK}",LEASES="-1"]`
  await admin('one.user.quota', 2, none)
  await admin('one.group.quota', 1, none)
})

describe('the quotas of an account', () => {
  it("are OpenNebula's of the user and of its group, the smaller of them", async () => {
    expect(await valuesOf('ec2')).toEqual({
      ...{ 'L-1216C47A': 1000.5, 'L-0263D0A3': 60, 'L-B665C33B': 5000 },
      ...{ 'econe-instances': 800, 'econe-memory': 9000 },
    })
    const ebs = await valuesOf('ebs')
    expect(ebs).toMatchObject({ 'L-D18FCD1D': 100, 'L-7A658B76': 100, 'L-309BACF6': 5000 })
    expect(await valuesOf('vpc')).toMatchObject({ 'L-2AFB9258': limits.securityGroupsOfInterface.most })
  })

  it("of another are another's", async () => {
    expect(await valuesOf('ec2', 'rival')).toMatchObject({
      ...{ 'L-1216C47A': limits.unlimitedQuota.most, 'L-0263D0A3': 64, 'econe-instances': 800 },
    })
  })

  it('are those of all where nobody has set any', async () => {
    const values = await valuesOf('ec2', 'helen', 'ListAWSDefaultServiceQuotas')
    expect(values).toMatchObject({ 'L-1216C47A': limits.unlimitedQuota.most, 'L-0263D0A3': 64 })
  })

  it('are what DescribeAccountAttributes says', async () => {
    const { AccountAttributes = [] } = await ec2().send(new DescribeAccountAttributesCommand({}))
    const attributes = new Map(AccountAttributes.map(each => [each.AttributeName, each.AttributeValues]))
    const values = { ...(await valuesOf('ec2')), ...(await valuesOf('vpc')) }
    for (const [name, code] of [
      ['max-instances', 'econe-instances'],
      ['max-elastic-ips', 'L-0263D0A3'],
      ['vpc-max-elastic-ips', 'L-0263D0A3'],
      ['vpc-max-security-groups-per-interface', 'L-2AFB9258'],
    ] as const) {
      expect(attributes.get(name)).toEqual([{ AttributeValue: String(values[code]) }])
    }
  })

  it('are asked for one by one, in one request to OpenNebula', async () => {
    const input = { ServiceCode: 'ec2', QuotaCode: 'L-0263D0A3' }
    const cost = await upstream(async () => {
      const { body } = await ask('GetServiceQuota', input)
      expect(body).toEqual({
        Quota: {
          ...{ ServiceCode: 'ec2', ServiceName: 'Amazon Elastic Compute Cloud (Amazon EC2)' },
          ...{ QuotaCode: 'L-0263D0A3', QuotaName: 'EC2-VPC Elastic IPs', Value: 60, Unit: 'None' },
          QuotaArn: 'arn:aws:servicequotas:opennebula:000000000002:ec2/L-0263D0A3',
          ...{ Adjustable: true, GlobalQuota: false, QuotaAppliedAtLevel: 'ACCOUNT' },
        },
      })
    })
    expect(cost).toEqual([['system.multicall', 'one.user.info', 'one.group.info', 'one.vnpool.info']])
    expect((await ask('GetAWSDefaultServiceQuota', input)).body).toMatchObject({
      Quota: { QuotaArn: 'arn:aws:servicequotas:opennebula::ec2/L-0263D0A3', Value: 64 },
    })
  })

  it('come in pages, in one order', async () => {
    const whole = await quotas({ ServiceCode: 'ebs' })
    const paged: Quota[] = []
    let NextToken: string | undefined
    do {
      const { body } = await ask('ListServiceQuotas', { ServiceCode: 'ebs', MaxResults: 3, NextToken })
      const page = body as { Quotas: Quota[]; NextToken?: string }
      expect(page.Quotas.length).toBeLessThanOrEqual(3)
      paged.push(...page.Quotas)
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(paged).toEqual(whole)
    const { body } = await ask('ListServiceQuotas', { ServiceCode: 'ebs', MaxResults: 3 })
    const { NextToken: token } = body as { NextToken: string }
    const elsewhere = await ask('ListServiceQuotas', { ServiceCode: 'ec2', NextToken: token })
    expect(elsewhere).toMatchObject({ status: 400, type: 'InvalidPaginationTokenException' })
  })
})

it('tells the services that there are quotas of', async () => {
  const { body } = await ask('ListServices', {})
  expect((body as { Services: { ServiceCode: string }[] }).Services.map(each => each.ServiceCode)).toEqual([
    ...['ebs', 'ec2', 'vpc'],
  ])
})

it('reports how much of them is used', async () => {
  const client = ec2()
  const report = async () => {
    const { body } = await ask('StartQuotaUtilizationReport', {})
    const { ReportId, Status } = body as { ReportId: string; Status: string }
    expect(Status).toBe('PENDING')
    const answer = await ask('GetQuotaUtilizationReport', { ReportId })
    return answer.body as { Status: string; TotalCount: number; Quotas: (Quota & { Utilization: number })[] }
  }
  const addresses = async () => (await report()).Quotas.find(each => each.QuotaCode === 'L-0263D0A3')
  const before = await addresses()
  const { AllocationId } = await client.send(new AllocateAddressCommand({}))
  try {
    const { Status, TotalCount, Quotas } = await report()
    expect([Status, TotalCount]).toEqual(['COMPLETED', Quotas.length])
    expect(Quotas.map(each => each.Utilization)).toEqual(
      Quotas.map(each => each.Utilization).toSorted((one, other) => other - one),
    )
    expect(await addresses()).toMatchObject({ AppliedValue: 60, DefaultValue: 64 })
    expect(((await addresses())?.Utilization ?? 0) - (before?.Utilization ?? 0)).toBeCloseTo(100 / 60)
  } finally {
    await client.send(new ReleaseAddressCommand({ AllocationId }))
  }
  for (const ReportId of ['report-1700000000', 'r', `report-${Math.floor(Date.now() / 1000) + 900}`]) {
    expect(await ask('GetQuotaUtilizationReport', { ReportId })).toMatchObject({ type: 'NoSuchResourceException' })
  }
})

it.each<[string, string, object, string]>([
  ['a service without quotas', 'ListServiceQuotas', { ServiceCode: 'lambda' }, 'NoSuchResourceException'],
  ['an unknown quota', 'GetServiceQuota', { ServiceCode: 'ec2', QuotaCode: 'L-0' }, 'NoSuchResourceException'],
  [
    "a resource's quota",
    'GetServiceQuota',
    { ServiceCode: 'ec2', QuotaCode: 'L-0263D0A3', ContextId: '*' },
    'NoSuchResourceException',
  ],
  ['no service', 'ListServiceQuotas', {}, 'ValidationException'],
  ['a service that is no text', 'ListServiceQuotas', { ServiceCode: 1 }, 'SerializationException'],
  ['a member that is none', 'ListServices', { Service: 'ec2' }, 'ValidationException'],
  ['a page of none', 'ListServices', { MaxResults: 0 }, 'IllegalArgumentException'],
  [
    'an unknown level',
    'ListServiceQuotas',
    { ServiceCode: 'ec2', QuotaAppliedAtLevel: 'REGION' },
    'IllegalArgumentException',
  ],
  ['a forged token', 'ListServices', { NextToken: 'AAAA' }, 'InvalidPaginationTokenException'],
  ['more', 'RequestServiceQuotaIncrease', { ServiceCode: 'ec2' }, 'UnsupportedOperationException'],
])('refuses whoever asks for %s', async (_, operation, input, type) => {
  expect(await ask(operation, input)).toMatchObject({ status: 400, type })
})

it('of running instances keeps a stopped one from its start, which is told so', async () => {
  const one = ec2()
  const run = { ImageId: await anImage(), InstanceType: 'm1.small', MinCount: 1, MaxCount: 1 } as const
  const { Instances = [] } = await one.send(new RunInstancesCommand(run))
  const InstanceIds = Instances.map(({ InstanceId = '' }) => InstanceId)
  await waitUntilInstanceRunning({ client: one, ...WAITING }, { InstanceIds })
  await one.send(new StopInstancesCommand({ InstanceIds }))
  await waitUntilInstanceStopped({ client: one, ...WAITING }, { InstanceIds })
  await admin('one.user.quota', 2, 'VM=[RUNNING_VMS="0"]')
  try {
    await expect(one.send(new StartInstancesCommand({ InstanceIds }))).rejects.toMatchObject({
      name: 'InstanceLimitExceeded',
      message: 'The limit of the account is reached: 0 running instances.',
    })
  } finally {
    await admin('one.user.quota', 2, 'VM=[RUNNING_VMS="-2"]')
    await one.send(new TerminateInstancesCommand({ InstanceIds }))
  }
})
