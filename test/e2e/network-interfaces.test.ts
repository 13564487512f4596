// The interfaces of instances as resources of their own: with the SDK, over HTTP.
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfaceAttributeCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  DetachNetworkInterfaceCommand,
  type EC2Client,
  type Instance,
  type NetworkInterfaceAttribute,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
  waitUntilNetworkInterfaceAvailable,
} from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until, WAITING } from './cloud.ts'
import { oneOf } from './neighbours/one.ts'
import { codeOf, ec2Of } from './neighbours/support.ts'
import { type Cloud, startCloud } from './stage.ts'

const ACCOUNT = '000000000002'
/** Instances of two interfaces each; the first has a secondary address besides. */
const COUNT = 3

let cloud: Cloud
let helen: EC2Client
let instances: Instance[]

const waiting = () => ({ client: helen, ...WAITING })

beforeAll(async () => {
  cloud = await startCloud({
    seed: {
      images: [{ name: 'linux', owner: 'oneadmin', public: true, size: 10, template: 'EC2_AMI="YES"' }],
      templates: [
        {
          name: 'two.nics',
          template: `CPU="1" MEMORY="64" EC2_INSTANCE_TYPE="two.nics" NIC=[NETWORK_ID="0"] NIC=[NETWORK_ID="0"]
            NIC_ALIAS=[NETWORK_ID="0",PARENT="NIC1"]`,
        },
      ],
    },
  })
  helen = ec2Of(cloud)
  const { Instances = [] } = await helen.send(
    new RunInstancesCommand({
      ...{ ImageId: 'ami-00000000', InstanceType: 'two.nics' as never, MinCount: COUNT, MaxCount: COUNT },
      Placement: { AvailabilityZone: 'one-b' },
    }),
  )
  await waitUntilInstanceRunning(waiting(), { InstanceIds: Instances.flatMap(({ InstanceId }) => InstanceId ?? []) })
  instances = await described()
})

afterAll(() => cloud.stop())

const described = async (): Promise<Instance[]> => {
  const { Reservations = [] } = await helen.send(new DescribeInstancesCommand({}))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

const list = async (input: ConstructorParameters<typeof DescribeNetworkInterfacesCommand>[0] = {}, client = helen) =>
  (await client.send(new DescribeNetworkInterfacesCommand(input))).NetworkInterfaces ?? []

const idsOf = (of: readonly { readonly NetworkInterfaceId?: string | undefined }[] = []) =>
  of.map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId)

describe('DescribeNetworkInterfaces', () => {
  it('has those of all instances, by the ids that these show', async () => {
    const shown = instances.flatMap(({ NetworkInterfaces }) => idsOf(NetworkInterfaces))
    expect(shown).toHaveLength(2 * COUNT)
    expect(idsOf(await list()).toSorted()).toEqual(shown.toSorted())
  })

  it('says of each all that AWS says', async () => {
    const instance = instances[0]
    const [, shown] = instance?.NetworkInterfaces ?? []
    const [found] = await list({ NetworkInterfaceIds: idsOf(shown && [shown]) })
    const { PrivateIpAddress = '', PrivateDnsName, MacAddress, SubnetId, VpcId, Groups, Attachment } = shown ?? {}
    const [, secondary] = found?.PrivateIpAddresses ?? []
    expect(secondary?.PrivateIpAddress).toMatch(/^10\.0\.0\.\d+$/)
    expect(found).toEqual({
      NetworkInterfaceId: shown?.NetworkInterfaceId,
      InterfaceType: 'interface',
      Status: 'in-use',
      Description: '',
      OwnerId: ACCOUNT,
      RequesterManaged: false,
      SourceDestCheck: true,
      AvailabilityZone: 'one-b',
      AvailabilityZoneId: 'opennebula-az2',
      ...{ PrivateIpAddress, PrivateDnsName, MacAddress, SubnetId, VpcId, Groups },
      PrivateIpAddresses: [
        { PrivateIpAddress, PrivateDnsName, Primary: true },
        { ...secondary, Primary: false },
      ],
      Ipv6Addresses: [],
      Attachment: { ...Attachment, InstanceId: instance?.InstanceId, InstanceOwnerId: ACCOUNT },
      TagSet: [],
    })
    expect(found?.Attachment).toMatchObject({ DeviceIndex: 1, Status: 'attached', DeleteOnTermination: true })
    const { Subnets } = await helen.send(new DescribeSubnetsCommand({ SubnetIds: [found?.SubnetId ?? ''] }))
    expect(Subnets?.[0]?.VpcId).toBe(found?.VpcId)
  })

  it('gives pages, which may end in the middle of an instance', async () => {
    const { NetworkInterfaces: first, NextToken } = await helen.send(
      new DescribeNetworkInterfacesCommand({ MaxResults: 5 }),
    )
    const { NetworkInterfaces: rest, NextToken: end } = await helen.send(
      new DescribeNetworkInterfacesCommand({ MaxResults: 5, NextToken }),
    )
    expect([idsOf(first).length, idsOf(rest).length, end]).toEqual([5, 1, undefined])
    expect([...idsOf(first), ...idsOf(rest)]).toEqual(idsOf(await list()))
  })

  it("has nobody else's", async () => {
    const [id = ''] = idsOf(instances[0]?.NetworkInterfaces)
    const rival = ec2Of(cloud, 'rival')
    expect(await list({}, rival)).toEqual([])
    expect(await codeOf(list({ NetworkInterfaceIds: [id] }, rival))).toBe('InvalidNetworkInterfaceID.NotFound')
    // A VM that everybody may see is still not everybody's
    const number = Number.parseInt(id.slice('eni-0'.length, 'eni-0'.length + 8), 16)
    await oneOf(cloud, 'helen')('one.vm.chmod', number, -1, -1, -1, 1, -1, -1, 1, -1, -1)
    expect(await codeOf(list({ NetworkInterfaceIds: [id] }, rival))).toBe('InvalidNetworkInterfaceID.NotFound')
  })

  it.each([
    ['eni-0', 'InvalidNetworkInterfaceID.NotFound'],
    ['eni-1234567890abcdef0', 'InvalidNetworkInterfaceID.NotFound'],
    ['eni-00000000000000009', 'InvalidNetworkInterfaceID.NotFound'],
    ['eni-', 'InvalidNetworkInterfaceID.Malformed'],
    ['i-00000000', 'InvalidNetworkInterfaceID.Malformed'],
  ])('knows no %s', async (id, code) => {
    expect(await codeOf(list({ NetworkInterfaceIds: [id] }))).toBe(code)
  })

  it('shows an elastic address with its ids', async () => {
    const { AllocationId } = await helen.send(new AllocateAddressCommand({ Domain: 'vpc' }))
    const [, NetworkInterfaceId = ''] = idsOf(instances[0]?.NetworkInterfaces)
    const { AssociationId } = await helen.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }))
    const check = async () => {
      const [found] = await list({ Filters: [{ Name: 'association.allocation-id', Values: [AllocationId ?? ''] }] })
      const Association = { AllocationId, AssociationId, IpOwnerId: ACCOUNT }
      expect(found).toMatchObject({ NetworkInterfaceId, Association })
      expect(found?.PrivateIpAddresses?.[0]?.Association).toEqual(found?.Association)
      expect(found?.PrivateIpAddresses?.[1]?.Association).toBeUndefined()
      expect(found?.PublicDnsName).toBe(found?.Association?.PublicDnsName)
    }
    // From the moment that it was accepted, and when it has come about
    await check()
    const hasIt = () =>
      cloud.sandbox.world.vms.newestFirst().some(({ template }) => (template['NIC_ALIAS'] ?? []).length > 1)
    await until('the alias', async () => hasIt())
    await check()
  })

  it('shows tags, which DescribeTags lists', async () => {
    const [id = ''] = idsOf(instances[1]?.NetworkInterfaces)
    await helen.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: 'net', Value: 'front' }] }))
    const [found] = await list({ Filters: [{ Name: 'tag:net', Values: ['front'] }] })
    expect(found).toMatchObject({ NetworkInterfaceId: id, TagSet: [{ Key: 'net', Value: 'front' }] })
    const { Tags } = await helen.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['net'] }] }))
    expect(Tags).toEqual([{ Key: 'net', Value: 'front', ResourceId: id, ResourceType: 'network-interface' }])
  })
})

describe('DescribeNetworkInterfaceAttribute', () => {
  const asked = (NetworkInterfaceId: string, Attribute?: string) =>
    helen.send(
      new DescribeNetworkInterfaceAttributeCommand({
        NetworkInterfaceId,
        Attribute: Attribute as NetworkInterfaceAttribute,
      }),
    )

  it('tells one thing of an interface', async () => {
    const [id = ''] = idsOf(instances[1]?.NetworkInterfaces)
    const [all] = await list({ NetworkInterfaceIds: [id] })
    const told = async (attribute: string) => {
      const { $metadata: _, ...answer } = await asked(id, attribute)
      return answer
    }
    const NetworkInterfaceId = id
    expect(await told('description')).toEqual({ NetworkInterfaceId, Description: { Value: '' } })
    expect(await told('groupSet')).toEqual({ NetworkInterfaceId, Groups: all?.Groups })
    expect(await told('sourceDestCheck')).toEqual({ NetworkInterfaceId, SourceDestCheck: { Value: true } })
    expect(await told('attachment')).toEqual({ NetworkInterfaceId, Attachment: all?.Attachment })
    expect(await told('associatePublicIpAddress')).toEqual({ NetworkInterfaceId, AssociatePublicIpAddress: false })
  })

  it('wants one that there is, of an interface that there is', async () => {
    const [id = ''] = idsOf(instances[1]?.NetworkInterfaces)
    expect(await codeOf(asked(id))).toBe('InvalidParameterCombination')
    expect(await codeOf(asked(id, 'colour'))).toBe('InvalidParameterValue')
    expect(await codeOf(asked('eni-0', 'description'))).toBe('InvalidNetworkInterfaceID.NotFound')
  })
})

describe('an interface with an address of its own', () => {
  const made = async (PrivateIpAddress: string) => {
    const { NetworkInterface: of } = await helen.send(
      new CreateNetworkInterfaceCommand({
        ...{ SubnetId: 'subnet-00000000', Description: 'front', PrivateIpAddress },
        TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'own', Value: 'yes' }] }],
      }),
    )
    return of?.NetworkInterfaceId ?? ''
  }

  it('lives with waiters as its clients have it', async () => {
    const NetworkInterfaceId = await made('10.0.9.1')
    const NetworkInterfaceIds = [NetworkInterfaceId]
    await waitUntilNetworkInterfaceAvailable(waiting(), { NetworkInterfaceIds })
    const InstanceId = instances[0]?.InstanceId ?? ''
    const { AttachmentId = '' } = await helen.send(
      new AttachNetworkInterfaceCommand({ NetworkInterfaceId, InstanceId, DeviceIndex: 5 }),
    )
    const attachment = async () => {
      const [found] = await list({ Filters: [{ Name: 'attachment.attachment-id', Values: [AttachmentId] }] })
      return found?.Attachment
    }
    await until('the attachment', async () => (await attachment())?.Status === 'attached')
    expect(await attachment()).toMatchObject({ InstanceId, DeviceIndex: 5, DeleteOnTermination: false })
    const [instance] = (await described()).filter(each => each.InstanceId === InstanceId)
    const own = instance?.NetworkInterfaces?.find(each => each.NetworkInterfaceId === NetworkInterfaceId)
    expect(own).toMatchObject({ PrivateIpAddress: '10.0.9.1', Description: 'front', Attachment: { AttachmentId } })
    expect(await codeOf(helen.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })))).toBe(
      'InvalidParameterValue',
    )
    await helen.send(new DetachNetworkInterfaceCommand({ AttachmentId }))
    await waitUntilNetworkInterfaceAvailable(waiting(), { NetworkInterfaceIds })
    expect(await attachment()).toBeUndefined()
    await helen.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))
    expect(await codeOf(list({ NetworkInterfaceIds }))).toBe('InvalidNetworkInterfaceID.NotFound')
    expect(await list({ Filters: [{ Name: 'tag:own', Values: ['yes'] }] })).toEqual([])
  })

  it('is listed last, page by page, and tagged', async () => {
    const NetworkInterfaceId = await made('10.0.9.2')
    await helen.send(new CreateTagsCommand({ Resources: [NetworkInterfaceId], Tags: [{ Key: 'more', Value: 'tags' }] }))
    const pages: string[] = []
    let NextToken: string | undefined
    do {
      const page = await helen.send(new DescribeNetworkInterfacesCommand({ MaxResults: 5, NextToken }))
      pages.push(...idsOf(page.NetworkInterfaces))
      NextToken = page.NextToken
    } while (NextToken !== undefined)
    expect(pages).toEqual(idsOf(await list()))
    expect(pages.at(-1)).toBe(NetworkInterfaceId)
    const { Tags = [] } = await helen.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-id', Values: [NetworkInterfaceId] }] }),
    )
    expect(Tags.map(({ Key = '' }) => Key).toSorted()).toEqual(['more', 'own'])
    await helen.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))
  })

  it("is nobody else's, in a subnet that is everybody's", async () => {
    const NetworkInterfaceId = await made('10.0.9.3')
    const rival = ec2Of(cloud, 'rival')
    const missing = 'InvalidNetworkInterfaceID.NotFound'
    expect(await codeOf(list({ NetworkInterfaceIds: [NetworkInterfaceId] }, rival))).toBe(missing)
    expect(idsOf(await list({}, rival))).not.toContain(NetworkInterfaceId)
    expect(await codeOf(rival.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId })))).toBe(missing)
    const launch = new RunInstancesCommand({
      ...{ ImageId: 'ami-00000000', MinCount: 1, MaxCount: 1 },
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }],
    })
    expect(await codeOf(rival.send(launch))).toBe(missing)
    // Who gives a network of its own the name of an interface has made none of another's
    const number = await oneOf(cloud, 'rival')('one.vn.reserve', 0, `NAME="${NetworkInterfaceId}" SIZE="1"`)
    expect(number).toBeGreaterThan(0)
    expect(await codeOf(list({ NetworkInterfaceIds: [NetworkInterfaceId] }, rival))).toBe(missing)
    expect(idsOf(await list({ NetworkInterfaceIds: [NetworkInterfaceId] }))).toEqual([NetworkInterfaceId])
    await helen.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId }))
  })
})

it('goes with its instance', async () => {
  const { InstanceId = '', NetworkInterfaces } = instances[2] ?? {}
  await helen.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }))
  await waitUntilInstanceTerminated(waiting(), { InstanceIds: [InstanceId] })
  const [id = ''] = idsOf(NetworkInterfaces)
  expect(await codeOf(list({ NetworkInterfaceIds: [id] }))).toBe('InvalidNetworkInterfaceID.NotFound')
  expect(idsOf(await list())).toHaveLength(2 * COUNT - 2)
})
