// DescribeInstances of many: pages, ids, and what other users must not see.
import {
  DescribeInstancesCommand,
  type DescribeInstancesResult,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2, upstream } from './cloud.ts'

const client = ec2()
const COUNT = 23
const ids: string[] = []
const tag = { Name: 'tag:batch', Values: [crypto.randomUUID()] }

beforeAll(async () => {
  const ImageId = await anImage()
  const Tags = [{ Key: 'batch', Value: tag.Values[0] }]
  const { Instances } = await client.send(
    new RunInstancesCommand({
      ImageId,
      MinCount: COUNT,
      MaxCount: COUNT,
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    }),
  )
  ids.push(...(Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []))
})

afterAll(async () => {
  await client.send(new TerminateInstancesCommand({ InstanceIds: ids }))
})

const idsIn = ({ Reservations = [] }: DescribeInstancesResult) =>
  Reservations.flatMap(({ Instances = [] }) => Instances.flatMap(({ InstanceId }) => InstanceId ?? []))

describe('DescribeInstances', () => {
  it('comes in pages: every instance once, no page larger than asked for', async () => {
    const seen: string[] = []
    let NextToken: string | undefined
    do {
      const page: DescribeInstancesResult = await client.send(
        new DescribeInstancesCommand({ Filters: [tag], MaxResults: 5, ...(NextToken && { NextToken }) }),
      )
      expect(idsIn(page).length).toBeLessThanOrEqual(5)
      seen.push(...idsIn(page))
      NextToken = page.NextToken
    } while (NextToken)
    expect(seen.sort()).toEqual([...ids].sort())
  })

  it('binds a page token to the question and to who asked it', async () => {
    const first = await client.send(new DescribeInstancesCommand({ Filters: [tag], MaxResults: 5 }))
    const NextToken = first.NextToken ?? ''
    expect(NextToken).not.toBe('')
    const other = await call('DescribeInstances', { MaxResults: '5', NextToken })
    expect([other.status, other.code]).toEqual([400, 'InvalidPaginationToken'])
    const rival = new DescribeInstancesCommand({ Filters: [tag], MaxResults: 5, NextToken })
    await expect(ec2('rival').send(rival)).rejects.toThrow(expect.objectContaining({ name: 'InvalidPaginationToken' }))
  })

  it('asks once for any number of ids', async () => {
    const requests = await upstream(async () => {
      const answer = await client.send(new DescribeInstancesCommand({ InstanceIds: ids }))
      expect(idsIn(answer).sort()).toEqual([...ids].sort())
    })
    expect(requests).toEqual([['one.vmpool.infoset']])
  })

  it('shows nobody else’s, by id or in the list', async () => {
    const rival = await call('DescribeInstances', { 'InstanceId.1': ids[0] ?? '' }, 'rival')
    expect([rival.status, rival.code]).toEqual([400, 'InvalidInstanceID.NotFound'])
    expect(idsIn(await ec2('rival').send(new DescribeInstancesCommand({ Filters: [tag] })))).toEqual([])
  })

  it('names all ids that do not exist', async () => {
    const answer = await call('DescribeInstances', {
      'InstanceId.1': 'i-1fffffffffffffff1',
      'InstanceId.2': 'i-1fffffffffffffff2',
    })
    expect(answer.message).toBe("The instance IDs 'i-1fffffffffffffff1, i-1fffffffffffffff2' do not exist")
  })

  it('takes no number for an instance with an id of its own, padded or not', async () => {
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [ids[0] ?? ''] }))
    const eni = Reservations?.[0]?.Instances?.[0]?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? ''
    const number = Number.parseInt(eni.slice('eni-0'.length, 'eni-0'.length + 8), 16)
    for (const id of [`i-${number}`, `i-${String(number).padStart(8, '0')}`]) {
      await expect(client.send(new DescribeInstancesCommand({ InstanceIds: [id] }))).rejects.toMatchObject({
        name: 'InvalidInstanceID.NotFound',
      })
    }
  })
})
