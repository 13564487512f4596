// An image of the marketplace with AWS's SDK: found by its owner, copied, and run.
import {
  CopyImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  paginateDescribeImages,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilImageAvailable,
} from '@aws-sdk/client-ec2'
import { expect, it } from 'vitest'
import { anImage, ec2, upstream, WAITING } from './cloud.ts'

const client = ec2()

it('is found by its owner, copied, and run', async () => {
  const { Images = [] } = await client.send(
    new DescribeImagesCommand({
      Owners: ['aws-marketplace'],
      Filters: [
        { Name: 'name', Values: ['Debian*'] },
        { Name: 'architecture', Values: ['arm64'] },
      ],
    }),
  )
  const [image] = Images
  expect(image).toMatchObject({
    ...{ Name: 'Debian 12', Description: 'Version 7.0.0', ImageOwnerAlias: 'aws-marketplace', State: 'available' },
    ...{ Public: true, RootDeviceName: '/dev/sda', BlockDeviceMappings: [{ Ebs: { VolumeSize: 2 } }] },
  })
  const SourceImageId = image?.ImageId
  const launch = (ImageId: string | undefined) =>
    client.send(new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1 }))
  await expect(launch(SourceImageId)).rejects.toMatchObject({
    ...{ name: 'OptInRequired', $metadata: { httpStatusCode: 401, attempts: 1 } },
    message: expect.stringContaining(`--source-image-id ${SourceImageId} --name NAME`) as string,
  })
  const copying = { SourceImageId, SourceRegion: 'opennebula', Name: 'debian', ClientToken: crypto.randomUUID() }
  let ImageId = ''
  const requests = await upstream(async () => {
    ImageId = (await client.send(new CopyImageCommand(copying))).ImageId ?? ''
  })
  expect(requests.length).toBeLessThanOrEqual(3)
  expect((await client.send(new CopyImageCommand(copying))).ImageId).toBe(ImageId)
  await waitUntilImageAvailable({ client, ...WAITING }, { ImageIds: [ImageId] })
  const { Instances = [] } = await launch(ImageId)
  const InstanceIds = Instances.flatMap(({ InstanceId }) => InstanceId ?? [])
  await client.send(new TerminateInstancesCommand({ InstanceIds }))
  await client.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true }))
})

it('comes behind what is there, page by page', async () => {
  const own = await anImage()
  const found: (string | undefined)[] = []
  const pages = paginateDescribeImages({ client, pageSize: 1 }, { Owners: ['self', 'aws-marketplace'] })
  for await (const { Images = [] } of pages) found.push(...Images.map(({ ImageId }) => ImageId))
  expect(found).toContain(own)
  expect(found.at(-1)).toBe('ami-00000000000000000')
})
