// Tags of every kind of resource: any key, any value, whoever changes them at the same time.
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeTagsCommand,
  type DescribeTagsResult,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anImage, call, ec2 } from './cloud.ts'

const client = ec2()
let image = ''
let instance = ''
let key = ''

beforeAll(async () => {
  image = await anImage()
  const { Instances } = await client.send(new RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1 }))
  instance = Instances?.[0]?.InstanceId ?? ''
  key = (await client.send(new CreateKeyPairCommand({ KeyName: 'tagged', KeyType: 'ed25519' }))).KeyPairId ?? ''
})

afterAll(async () => {
  await client.send(new TerminateInstancesCommand({ InstanceIds: [instance] }))
})

async function tagsOf(id: string): Promise<Record<string, string>> {
  const { Tags } = await client.send(new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [id] }] }))
  return Object.fromEntries((Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}

describe('tags', () => {
  it('take any character, in any case, on all resources at once', async () => {
    const nasty = [
      'Name',
      'name',
      'a.b:c/d=e+f-g@h',
      'Ünïcödé',
      '"quoted"',
      'ends in \\',
      ']]>',
      '<&>',
      '🐧',
      '__proto__',
      ' ',
    ]
    const Tags = nasty.map(Key => ({ Key, Value: Key }))
    await client.send(new CreateTagsCommand({ Resources: [instance, image, key], Tags }))
    for (const id of [instance, image, key]) {
      expect(new Map(Object.entries(await tagsOf(id)))).toEqual(new Map(nasty.map(text => [text, text])))
    }
    await client.send(new DeleteTagsCommand({ Resources: [instance, image, key] }))
    expect(await tagsOf(instance)).toEqual({})
  })

  it('are replaced, kept and deleted as AWS has it', async () => {
    const Resources = [instance]
    await client.send(
      new CreateTagsCommand({
        Resources,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '' },
        ],
      }),
    )
    await client.send(new CreateTagsCommand({ Resources, Tags: [{ Key: 'a', Value: '2' }] }))
    expect(await tagsOf(instance)).toEqual({ a: '2', b: '' })
    await client.send(
      new DeleteTagsCommand({
        Resources,
        Tags: [
          { Key: 'a', Value: 'other' },
          { Key: 'b', Value: '' },
        ],
      }),
    )
    expect(await tagsOf(instance)).toEqual({ a: '2' })
    await client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: 'a' }] }))
    expect(await tagsOf(instance)).toEqual({})
  })

  it('are found by filters of their own, and by those of their resources', async () => {
    await client.send(new CreateTagsCommand({ Resources: [instance, image], Tags: [{ Key: 'role', Value: 'web*1' }] }))
    const found = async (Name: string, Values: string[]) => {
      const { Tags } = await client.send(
        new DescribeTagsCommand({
          Filters: [
            { Name: 'key', Values: ['role'] },
            { Name, Values },
          ],
        }),
      )
      return Tags?.map(({ ResourceId }) => ResourceId).sort()
    }
    expect(await found('value', ['web\\*1'])).toEqual([instance, image].sort())
    expect(await found('resource-type', ['image'])).toEqual([image])
    expect(await found('resource-id', [instance])).toEqual([instance])
    const { Images } = await client.send(
      new DescribeImagesCommand({ Filters: [{ Name: 'tag:role', Values: ['web?1'] }] }),
    )
    expect(Images?.map(({ ImageId }) => ImageId)).toEqual([image])
    await client.send(new DeleteTagsCommand({ Resources: [instance, image] }))
  })

  it('come in pages, each tag once', async () => {
    const Tags = Array.from({ length: 12 }, (_, index) => ({ Key: `page ${index}`, Value: 'x' }))
    await client.send(new CreateTagsCommand({ Resources: [instance], Tags }))
    const keys: string[] = []
    let NextToken: string | undefined
    do {
      const Filters = [{ Name: 'key', Values: ['page *'] }]
      const page: DescribeTagsResult = await client.send(
        new DescribeTagsCommand({ Filters, MaxResults: 5, ...(NextToken && { NextToken }) }),
      )
      expect(page.Tags?.length).toBeLessThanOrEqual(5)
      keys.push(...(page.Tags ?? []).flatMap(({ Key }) => Key ?? []))
      NextToken = page.NextToken
    } while (NextToken)
    expect(keys.sort()).toEqual(Tags.map(({ Key }) => Key).sort())
    await client.send(new DeleteTagsCommand({ Resources: [instance] }))
  })

  it('lose none of forty that are set at once', async () => {
    const keys = Array.from({ length: 40 }, (_, index) => `parallel ${index}`)
    await Promise.all(
      keys.map(Key =>
        client.send(new CreateTagsCommand({ Resources: [instance, image], Tags: [{ Key, Value: '1' }] })),
      ),
    )
    expect(Object.keys(await tagsOf(instance)).sort()).toEqual([...keys].sort())
    expect(Object.keys(await tagsOf(image)).sort()).toEqual([...keys].sort())
    await client.send(new DeleteTagsCommand({ Resources: [instance, image] }))
  })

  it.each<[string, Record<string, string>, string]>([
    ['a reserved key', { 'Tag.1.Key': 'aws:x', 'Tag.1.Value': '' }, 'InvalidParameterValue'],
    ['a long key', { 'Tag.1.Key': 'k'.repeat(129), 'Tag.1.Value': '' }, 'InvalidParameterValue'],
    ['a long value', { 'Tag.1.Key': 'k', 'Tag.1.Value': 'v'.repeat(257) }, 'InvalidParameterValue'],
    ['an empty key', { 'Tag.1.Key': '', 'Tag.1.Value': 'v' }, 'InvalidParameterValue'],
    ['no tags', {}, 'MissingParameter'],
    [
      'a resource that does not exist',
      { 'ResourceId.1': 'i-0123456789abcdef0', 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' },
      'InvalidInstanceID.NotFound',
    ],
    ['what cannot have tags', { 'ResourceId.1': 'tea-1', 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' }, 'InvalidID'],
    [
      'too many',
      Object.fromEntries(
        Array.from({ length: 51 }, (_, index) => [
          [`Tag.${index + 1}.Key`, `k${index}`],
          [`Tag.${index + 1}.Value`, 'v'],
        ]).flat() as [string, string][],
      ),
      'TagLimitExceeded',
    ],
  ])('refuse %s, and leave all as it was', async (_, parameters, code) => {
    const answer = await call('CreateTags', { 'ResourceId.9': instance, ...parameters })
    expect([answer.status, answer.code]).toEqual([400, code])
    expect(await tagsOf(instance)).toEqual({})
  })
})
