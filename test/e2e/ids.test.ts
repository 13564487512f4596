// An AMI's id is its owner's: who copies it on an image of their own takes nothing over.
import { DescribeImagesCommand, EC2Client, RegisterImageCommand, RunInstancesCommand } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { IdMint } from '../../src/ec2/core/ids.ts'
import { IMAGE } from '../../src/ec2/images/resource.ts'
import { credentials } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

let cloud: Cloud
/** As the edge of these tests mints. */
const mint = new IdMint(['a secret of the end-to-end tests'], 2)
const id = mint.mint(IMAGE, 'helen')
const moved = mint.mint(IMAGE, 'moved')

beforeAll(async () => {
  const attributes = `EC2_AMI="YES" EC2_ID="${mint.attribute(id, 2, 1)}"`
  const beforeItsNumber = `EC2_AMI="YES" EC2_ID="${mint.attribute(moved, 2)}"`
  cloud = await startCloud({
    seed: {
      images: [
        { name: 'copied', owner: 'rival', public: true, size: 10, template: attributes },
        { name: 'own', owner: 'helen', public: true, size: 10, template: attributes },
        { name: 'copied again', owner: 'rival', public: true, size: 10, template: attributes },
        { name: 'copied by its owner', owner: 'helen', public: true, size: 10, template: attributes },
        { name: 'another content', owner: 'helen', public: true, size: 10, template: beforeItsNumber },
      ],
    },
  })
})

afterAll(() => cloud.stop())

const clientOf = (user: string) =>
  new EC2Client({ endpoint: cloud.endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

it.each(['helen', 'rival'])('is right for %s, and the copies have ids of their own', async user => {
  const client = clientOf(user)
  const { Images = [] } = await client.send(new DescribeImagesCommand({}))
  expect(Object.fromEntries(Images.map(({ ImageId = '', OwnerId }) => [ImageId, OwnerId]))).toEqual({
    'ami-00000000': '000000000003',
    'ami-00000002': '000000000003',
    'ami-00000003': '000000000002',
    // An id that is not sealed with a number is its owner's affair: others could be led to another content by it
    [user === 'helen' ? moved : 'ami-00000004']: '000000000002',
    [id]: '000000000002',
  })
  const named = await client.send(new DescribeImagesCommand({ ImageIds: [id] }))
  expect(named.Images?.map(({ OwnerId }) => OwnerId)).toEqual(['000000000002'])
  await client.send(new RunInstancesCommand({ ImageId: id, MinCount: 1, MaxCount: 1 }))
  const [disk] = cloud.sandbox.world.vms.newestFirst()[0]?.template['DISK'] ?? []
  expect(disk).toMatchObject({ IMAGE_ID: '1' })
})

it('is not to be registered by who copied it', async () => {
  const again = await clientOf('rival').send(
    new RegisterImageCommand({ ImageLocation: 'ami-00000002', Name: undefined }),
  )
  expect(again.ImageId).toBe('ami-00000002')
})
